import { Memo } from "@nin/backend";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { GpuContext } from "../device/gpu-context.js";
import { openDevice } from "../device/open-device.js";
import { DAWN_OPTIONS } from "../node-devices.js";

/** Dawn needs its instance until the process ends. */
const instances = new Memo<"null", GPU>();

/**
 * Dawn's own backend that computes nothing, with every feature there is: it checks shaders, pipelines and
 * commands as it does for any adapter. `traits` are those of the adapter that it plays.
 */
export async function openNullDevice(traits: Partial<AdapterTraits>): Promise<GpuContext> {
  const instance = await instances.get("null", async () => {
    const { create } = await import("webgpu");
    return create(["backend=null", ...DAWN_OPTIONS]);
  });
  const { device, traits: own } = await openDevice(instance, "null");
  return new GpuContext(device, { ...own, ...traits });
}
