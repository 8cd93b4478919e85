import type { Hardware } from "@nin/backend";

const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/** What an adapter calls itself, for a person. */
export function adapterName(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device, info.description];
  const name = words.filter((word, index) => word !== "" && words.indexOf(word) === index).join(" ");
  return name === "" ? "an adapter without a name" : name;
}

/** Whether an adapter is a CPU: by its name, where it does not say so itself. */
export function isSoftwareAdapter(info: GPUAdapterInfo): boolean {
  return SOFTWARE.test(adapterName(info)) || info.isFallbackAdapter;
}

/** What an adapter computes on, as it says itself. */
export function adapterHardware(info: GPUAdapterInfo): Hardware {
  return { kind: isSoftwareAdapter(info) ? "cpu" : "gpu", name: adapterName(info) };
}
