import { missingPeer, type PeerPackage } from "@nin/files";

/** WebGPU for Node, which users install: an optional peer dependency. */
export const DAWN: PeerPackage = { name: "webgpu", install: "webgpu@0.6 @nin/vulkan-driver" };

const VULKAN_DRIVER: PeerPackage = { name: "@nin/vulkan-driver", install: "@nin/vulkan-driver" };

/** @throws `MissingPackageError` when it is not installed */
export async function loadDawn(): Promise<{ create(options: string[]): GPU }> {
  return import("webgpu").catch(missingPeer(DAWN));
}

/** @throws `MissingPackageError` when it is not installed */
export async function loadVulkanDriver(): Promise<typeof import("@nin/vulkan-driver")> {
  return import("@nin/vulkan-driver").catch(missingPeer(VULKAN_DRIVER));
}
