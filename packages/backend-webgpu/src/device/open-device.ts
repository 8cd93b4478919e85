import { DeviceUnavailableError, requestAdapter } from "@nin/backend";
import { adapterTraits, SUBGROUP_MATRIX } from "./adapter-traits.js";
import { BACKEND, GpuContext } from "./gpu-context.js";

const FEATURES = ["subgroups", "shader-f16", "timestamp-query", SUBGROUP_MATRIX] as GPUFeatureName[];

/**
 * Opens an adapter's device with the features that the kernels can use and the adapter's own sizes of buffers and
 * workgroup memory: a device has WebGPU's default limits unless it asks.
 *
 * @throws `DeviceUnavailableError` when there is no adapter or it gives no device.
 */
export async function openDevice(gpu: GPU, id: string): Promise<GpuContext> {
  const adapter = await requestAdapter(gpu);
  if (typeof adapter === "string") throw new DeviceUnavailableError(BACKEND, id, adapter);
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = adapter.limits;
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize },
    });
    return new GpuContext(device, adapterTraits(adapter.info, device));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeviceUnavailableError(BACKEND, id, `the adapter gave no device: ${reason}`);
  }
}
