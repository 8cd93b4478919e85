import {
  type Backend,
  type CompileOptions,
  checkCompileOptions,
  chooseDevice,
  type Device,
  type DeviceListOptions,
  modelOf,
} from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { TensorFlowEngine } from "./engine.js";
import { BACKEND_ID } from "./runtime/backend-id.js";
import type { Runtime } from "./runtime/runtime.js";

/** Where devices come from. */
export interface RuntimeSource {
  /** The largest `threads`; any by default. */
  readonly mostThreads?: number;
  /** Every device, usable here or not; the first that is usable is the default. Starts nothing. */
  list(options?: DeviceListOptions): Promise<readonly Device[]>;
  /** As `Backend.versions`; none by default. */
  versions?(): Promise<Readonly<Record<string, string>>>;
  /**
   * @throws what says how to install the runtime, where it is not installed; a source that has it needs no
   * such check.
   */
  requireRuntime?(): Promise<void>;
  /**
   * Starts a device, once.
   *
   * @throws `DeviceUnavailableError`, `UnsupportedError` for `threads`.
   */
  open(id: string, options: OpenOptions): Promise<Runtime>;
}

export interface OpenOptions {
  /** Of a device that computes on the processor; all cores by default. */
  readonly threads?: number;
}

/** NiN on TensorFlow.js, on the devices of `source`. */
export function createTensorFlowBackend(source: RuntimeSource): Backend {
  return {
    id: BACKEND_ID,
    devices: (options) => source.list(options),
    versions: async () => (await source.versions?.()) ?? {},
    async compile(architecture, options = {}) {
      const device = await requireDevice(source, architecture, options);
      const { threads } = options;
      const runtime = await source.open(device, threads === undefined ? {} : { threads });
      // In a promise, so that what TensorFlow throws while it realizes the network is a failure of compiling.
      const engine = (async () => new TensorFlowEngine(runtime, architecture, options))();
      return modelOf(engine, { backend: BACKEND_ID, architecture, options });
    },
  };
}

/** The device to use. */
async function requireDevice(
  source: RuntimeSource,
  architecture: Architecture,
  options: CompileOptions,
): Promise<string> {
  const devices = await source.list();
  const ids = devices.map(({ id }) => id);
  const limits = source.mostThreads === undefined ? {} : { mostThreads: source.mostThreads };
  checkCompileOptions(architecture, options, {
    backend: BACKEND_ID,
    devices: ids,
    precisions: ["f32", "mixed"],
    ...limits,
  });
  await source.requireRuntime?.();
  return chooseDevice(BACKEND_ID, devices, options.device);
}
