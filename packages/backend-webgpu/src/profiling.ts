/**
 * For measurements of the backend itself: each kernel by the device's clock, and the search for the fastest. It follows the backend's insides from version to version.
 *
 * @example
 * ```ts
 * import { boundMs, type DeviceCeilings, type KernelWork } from "@nin/backend-webgpu/profiling";
 *
 * export function leastTimes(work: readonly KernelWork[], ceilings: DeviceCeilings): readonly number[] {
 *   return work.map((each) => boundMs(each, ceilings));
 * }
 * ```
 *
 * @packageDocumentation
 */
import type { Precision } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import type { AdapterTraits } from "./device/adapter-traits.js";
import type { GpuContext } from "./device/gpu-context.js";
import { loadDawn, loadVulkanDriver } from "./device/node-peers.js";
import { openDevice } from "./device/open-device.js";
import { matmulKernels } from "./kernels/matmul/matmul.js";
import { DAWN_OPTIONS } from "./node-devices.js";
import { GpuNetwork } from "./runtime/gpu-network.js";
import { folderStore } from "./tuning/folder-store.js";
import type { TunedConvolution, TuningStore } from "./tuning/tuned-layer.js";

export {
  type InputMeasurement,
  type InputMeasurementOptions,
  measureInput,
} from "./profiling/measure-input.js";
export {
  type KernelMeasurement,
  type KernelMeasurementOptions,
  measureKernels,
} from "./profiling/measure-kernels.js";
export { boundMs, type DeviceCeilings, type KernelWork } from "./profiling/work.js";
export { folderStore };

/** Timestamps are rounded to 0.1 ms otherwise, longer than many a kernel takes on a GPU. */
const EXACT_TIMES = "disable-dawn-features=timestamp_quantization";

/** Dawn needs its instance until the process ends. */
const instances: GPU[] = [];

/** A device whose clock is exact, and the WebGPU instance that it is of. */
export interface ProfilingDevice {
  readonly gpu: GPU;
  readonly context: GpuContext;
}

/**
 * Opens an adapter of this machine as the backend does, except that its clock is exact.
 *
 * @param device - `gpu`, `lavapipe` or `swiftshader`
 * @throws `DeviceUnavailableError`, and the errors of `@nin/vulkan-driver` where a process already uses another adapter.
 * @example
 * const { context } = await openProfilingDevice("lavapipe");
 * const { byKernel } = await measureKernels(context, builtinArchitecture("nin"), { batch: 8, precision: "f32", rounds: 5 });
 */
export async function openProfilingDevice(
  device: "gpu" | "lavapipe" | "swiftshader",
): Promise<ProfilingDevice> {
  const { prepareSoftwareAdapter } = await loadVulkanDriver();
  await prepareSoftwareAdapter({ prefer: device });
  const { create } = await loadDawn();
  const gpu = create([...DAWN_OPTIONS, EXACT_TIMES]);
  instances.push(gpu);
  return { gpu, context: await openDevice(gpu, device) };
}

/** The names of the matrix-product kernels that an adapter can run in a precision, the likely fastest first. */
export function matmulKernelNames(traits: AdapterTraits, precision: Precision): readonly string[] {
  return matmulKernels(traits, precision).map(({ name }) => name);
}

/** What a search for the fastest kernels tried and chose. */
export interface TuningMeasurement {
  /** The number of images in a micro-batch. */
  readonly images: number;
  readonly searchMs: number;
  readonly layers: readonly TunedConvolution[];
}

/**
 * Searches for the fastest kernels of each convolution as a training begins with it, whatever is remembered, and
 * remembers what was found.
 */
export async function measureTuning(
  context: GpuContext,
  architecture: Architecture,
  { batch, precision }: { readonly batch: number; readonly precision: Precision },
): Promise<TuningMeasurement> {
  const store = folderStore();
  let layers: readonly TunedConvolution[] = [];
  const tuning: TuningStore = {
    list: store.list,
    load: async () => undefined,
    save: async (name, record) => {
      layers = record.layers;
      await store.save(name, record);
    },
  };
  const engine = new GpuNetwork(context, architecture, { maxBatch: batch, precision, tuning });
  try {
    const start = performance.now();
    await engine.tune();
    return { images: engine.microBatchSize, searchMs: performance.now() - start, layers };
  } finally {
    await engine.dispose();
  }
}
