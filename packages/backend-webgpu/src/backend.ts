import {
  type Backend,
  type CompileOptions,
  checkCompileOptions,
  chooseDevice,
  DEFAULT_MAX_BATCH,
  type Device,
  type DeviceListOptions,
  Memo,
  modelOf,
} from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { BACKEND, type GpuContext } from "./device/gpu-context.js";
import { WebGpuEngine } from "./engine.js";
import type { KernelChoice } from "./layers/kernel-choice.js";
import type { TuningStore } from "./tuning/tuned-layer.js";

/** Steps that may wait on the device's queue while the host writes the next. */
const UNFINISHED_STEPS = 4;

/** Where devices come from: a browser, or Dawn in Node. */
export interface DeviceSource {
  /** Every device, usable here or not; the first that is usable is the default. */
  list(options?: DeviceListOptions): Promise<readonly Device[]>;
  /** As `Backend.versions`; none by default. */
  versions?(): Promise<Readonly<Record<string, string>>>;
  /**
   * @throws what says how to install the runtime, where it is not installed; a source that has it needs no
   * such check.
   */
  requireRuntime?(): Promise<void>;
  /**
   * Opens a device.
   *
   * @throws `DeviceUnavailableError`.
   */
  open(id: string): Promise<GpuContext>;
  /** Where the fastest kernels of its adapters are remembered; without it none are searched for. */
  readonly tuning?: TuningStore;
}

/** For tests and measurements. */
export interface WebGpuOptions {
  /** Kernels to use instead of the adapter's own. */
  readonly kernels?: Partial<KernelChoice>;
}

/**
 * WebGPU with kernels of our own. Nothing is read back until it is asked for. A device is opened once,
 * and again after it was lost.
 */
export function createWebGpuBackend(source: DeviceSource, options: WebGpuOptions = {}): Backend {
  const contexts = new Memo<string, GpuContext>();
  const contextOf = async (id: string): Promise<GpuContext> => {
    const open = () => source.open(id);
    const known = await contexts.get(id, open);
    if (!known.lost) return known;
    await contexts.forget(id, known);
    return contexts.get(id, open);
  };
  return {
    id: BACKEND,
    devices: (listOptions) => source.list(listOptions),
    versions: async () => (await source.versions?.()) ?? {},
    async tuning() {
      const records = (await source.tuning?.list()) ?? [];
      return records.flatMap(({ adapter, precision, layers }) =>
        layers.map((layer) => ({ device: adapter, precision, ...layer })),
      );
    },
    async compile(architecture, compileOptions = {}) {
      const device = await requireDevice(source, architecture, compileOptions);
      const { maxBatch = DEFAULT_MAX_BATCH, precision = "f32", imageFormat } = compileOptions;
      const context = await contextOf(device);
      const engine = new WebGpuEngine(context, architecture, {
        maxBatch,
        precision,
        ...options,
        ...(source.tuning === undefined ? {} : { tuning: source.tuning }),
        ...(imageFormat === undefined ? {} : { imageFormat }),
      });
      return modelOf(engine, {
        backend: BACKEND,
        architecture,
        options: compileOptions,
        unfinishedSteps: UNFINISHED_STEPS,
        throwFailure: () => context.throwFailure(),
      });
    },
  };
}

/** The device to use. */
async function requireDevice(
  source: DeviceSource,
  architecture: Architecture,
  options: CompileOptions,
): Promise<string> {
  const devices = await source.list();
  const ids = devices.map(({ id }) => id);
  checkCompileOptions(architecture, options, {
    backend: BACKEND,
    devices: ids,
    precisions: ["f32", "mixed"],
  });
  await source.requireRuntime?.();
  return chooseDevice(BACKEND, devices, options.device);
}
