import type { AdapterTraits } from "../device/adapter-traits.js";
import { GpuContext } from "../device/gpu-context.js";
import { DAWN_OPTIONS } from "../device/node-devices.js";
import { openDevice } from "../device/open-device.js";

/** Dawn needs its instance until the process ends. */
let instance: Promise<GPU> | undefined;

/**
 * Dawn's own backend that computes nothing, with every feature there is: it checks shaders, pipelines and
 * commands as it does for any adapter. `traits` are those of the adapter that it plays. It has 16 KiB of
 * workgroup memory and subgroups of 128: where that adapter has limits of its own, arrays of arrays in workgroup
 * memory are cut and workgroups filled up, which changes nothing but sizes.
 */
export async function openNullDevice(traits: Partial<AdapterTraits>): Promise<GpuContext> {
  instance ??= import("webgpu").then(({ create }) => create(["backend=null", ...DAWN_OPTIONS]));
  const { device, traits: own } = await openDevice(await instance, "null");
  if (traits.limits !== undefined) {
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = ({ code, ...rest }) =>
      createShaderModule({
        ...rest,
        code: code
          .replace(WORKGROUP_ARRAY, "$1 1>")
          .replace("@workgroup_size(WORKERS)", "@workgroup_size(256)"),
      });
  }
  return new GpuContext(device, { ...own, ...traits });
}

const WORKGROUP_ARRAY = /(var<workgroup> \w+: array<array<[^>]+>,)[^>]+>/g;
