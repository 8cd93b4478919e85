import type { AdapterTraits } from "../device/adapter-traits.js";
import { GpuContext } from "../device/gpu-context.js";
import { DAWN_OPTIONS } from "../device/node-devices.js";
import { openDevice } from "../device/open-device.js";

/** Dawn needs its instance until the process ends. */
let instance: Promise<GPU> | undefined;

/**
 * Dawn's own backend that computes nothing, with every feature there is: it checks shaders, pipelines and
 * commands as it does for any adapter. `traits` are those of the adapter that it plays.
 */
export async function openNullDevice(traits: Partial<AdapterTraits>): Promise<GpuContext> {
  instance ??= import("webgpu").then(({ create }) => create(["backend=null", ...DAWN_OPTIONS]));
  const { device, traits: own } = await openDevice(await instance, "null");
  return new GpuContext(device, { ...own, ...traits });
}
