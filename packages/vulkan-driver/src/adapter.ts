import type { Hardware } from "@nin/backend";

/**
 * What WebGPU can run on in Node: a GPU, Mesa's software rasterizer, or SwiftShader, the
 * slower one that npm brings. In the order in which they are preferred.
 */
export type AdapterKind = "gpu" | "lavapipe" | "swiftshader";

export const adapterKinds: readonly AdapterKind[] = ["gpu", "lavapipe", "swiftshader"];

/** An adapter that WebGPU may have on this machine, as far as files tell: nothing is loaded to find out. */
export interface AdapterDescription {
  readonly id: AdapterKind;
  /** For a person. */
  readonly name: string;
  readonly available: boolean;
  /** Why it is not available, and what to do about it. */
  readonly reason?: string;
  /** What it computes on, where it is available. */
  readonly hardware?: Hardware;
}

/** A Vulkan driver: what a loader needs to know to use it and no other. */
export interface VulkanDriver {
  readonly kind: AdapterKind;
  /** `environment`: named by the user's `VK_DRIVER_FILES`; `system`: installed; `npm`: SwiftShader. */
  readonly origin: "environment" | "system" | "npm";
  /** Its manifests; those of SwiftShader exist only once it is unpacked. */
  readonly manifests: readonly string[];
}
