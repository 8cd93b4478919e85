import type { Hardware } from "../contract/backend.js";

/** WebGPU's `navigator.gpu`, as far as a search for its adapter uses it. */
export interface AdapterSource<Adapter> {
  requestAdapter(options: { readonly powerPreference: "high-performance" }): Promise<Adapter | null>;
}

/** WebGPU's `GPUAdapterInfo`. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Absent in browsers that do not know it yet. */
  readonly isFallbackAdapter?: boolean;
}

/** Why a page has no adapter at all. */
export const NO_WEBGPU = "this browser has no WebGPU";

const NO_ADAPTER = "WebGPU found no adapter";

const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/**
 * The adapter whose devices are opened, the faster one where there are two, or why there is none. A browser may have
 * WebGPU and no adapter for it: Chromium gives null then, Firefox rejects.
 *
 * @param gpu - `navigator.gpu`, or what Dawn gives in Node
 */
export async function requestAdapter<Adapter>(gpu: AdapterSource<Adapter>): Promise<Adapter | string> {
  try {
    return (await gpu.requestAdapter({ powerPreference: "high-performance" })) ?? NO_ADAPTER;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reason === "" ? NO_ADAPTER : `${NO_ADAPTER}: ${reason}`;
  }
}

/** What an adapter calls itself, for a person. */
export function adapterName(info: AdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device, info.description];
  const name = words.filter((word, index) => word !== "" && words.indexOf(word) === index).join(" ");
  return name === "" ? "an adapter without a name" : name;
}

/** Whether an adapter is a CPU: by its name, where it does not say so itself. */
export function isSoftwareAdapter(info: AdapterInfo): boolean {
  return SOFTWARE.test(adapterName(info)) || info.isFallbackAdapter === true;
}

/** What an adapter computes on, as it says itself. */
export function adapterHardware(info: AdapterInfo): Hardware {
  return { kind: isSoftwareAdapter(info) ? "cpu" : "gpu", name: adapterName(info) };
}
