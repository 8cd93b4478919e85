import { DeviceUnavailableError } from "@nin/backend";
import { portableOperators } from "../operators/portable.js";
import { webGpuMaxPool } from "../operators/webgpu/max-pool.js";
import { BACKEND_ID } from "../runtime/backend-id.js";
import { Runtime } from "../runtime/runtime.js";
import { loadCore, loadDawn, loadVulkanDriver, loadWebGpuBackend } from "./peers.js";
import { silently } from "./silently.js";

/** Dawn needs its instance until the process ends, and TensorFlow.js has one device in it. */
let instance: object | undefined;

/**
 * TensorFlow.js's own WebGPU backend, on Dawn, on the best adapter there is.
 *
 * @throws `DeviceUnavailableError`.
 */
export async function openWebGpu(): Promise<Runtime> {
  const { prepareSoftwareAdapter } = await loadVulkanDriver();
  await prepareSoftwareAdapter().catch((error: unknown) => {
    throw unavailable(error instanceof Error ? error.message : String(error));
  });
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  if (instance === undefined) {
    instance = create([]);
    offerGpu(instance);
  }
  const tf = await loadCore();
  const started = await silently(tf, async () => {
    await loadWebGpuBackend();
    return tf.setBackend("webgpu");
  });
  if (!started) throw unavailable("its adapter gave no device");
  return new Runtime({
    device: "webgpu",
    engineBackend: "webgpu",
    tf,
    operators: { ...portableOperators(tf), ...webGpuMaxPool(tf) },
    microBatchBytes: 16e6,
  });
}

/** TensorFlow.js looks for a browser's `navigator.gpu`; Node has a navigator from version 21 on. */
function offerGpu(gpu: object): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) {
    Object.defineProperty(host, "navigator", { value: {}, configurable: true });
  }
  Object.defineProperty(host.navigator, "gpu", { value: gpu, configurable: true });
}

function unavailable(reason: string): DeviceUnavailableError {
  return new DeviceUnavailableError(BACKEND_ID, "webgpu", reason);
}
