import {
  type Backend,
  checkCompileOptions,
  chooseDevice,
  DEFAULT_MAX_BATCH,
  type Device,
  type DeviceListOptions,
  UnsupportedError,
} from "@nin/backend";
import { compileModel } from "./engine.js";
import { BACKEND_ID } from "./runtime/backend-id.js";
import { EngineClient, type EngineThread } from "./runtime/engine-client.js";
import { DEVICE_IDS, type EngineOptions } from "./runtime/protocol.js";

const CONVOLUTIONS = ["exact", "fast"] as const;

/** Where ONNX Runtime is: its devices, and threads in which engines use it. */
export interface EngineSource {
  /** Threads of a device that computes on the processor; where something other than the machine limits them, `limit` says what. */
  readonly threads: { readonly byDefault: number; readonly most: number; readonly limit?: string };
  /** Every device, usable here or not; the first that is usable is the default. Starts nothing. */
  list(options?: DeviceListOptions): Promise<readonly Device[]>;
  /** As `Backend.versions`; none by default. */
  versions?(device?: string): Promise<Readonly<Record<string, string>>>;
  /**
   * @param device - that is asked for, if any
   * @throws what says how to install the device's runtime, where it is not installed; a source that has it needs no
   * such check.
   */
  requireRuntime?(device: string | undefined): Promise<void>;
  /**
   * Starts a thread with an engine that answers with `answerRequests`, or gives one in this thread (`engineInThisThread`).
   * A module cannot be sent to a thread, so that what the thread runs imports the runtime itself.
   */
  start(options: EngineOptions): Promise<EngineThread>;
}

/**
 * NiN on ONNX Runtime, wherever `source` has that. For Node there is `createNodeOnnxRuntimeBackend` in `./node`, for a page
 * `createBrowserOnnxRuntimeBackend` in `./browser`.
 *
 * @example
 * import * as ort from "onnxruntime-node";
 *
 * const backend = createOnnxRuntimeBackend({
 *   threads: { byDefault: 1, most: 4 },
 *   list: async () => [{ id: "cpu", name: "this thread", available: true }],
 *   start: async (options) => engineInThisThread(options, { ort, prepare: disableTelemetry }),
 * });
 */
export function createOnnxRuntimeBackend(source: EngineSource): Backend {
  return {
    id: BACKEND_ID,
    capabilities: { convolutions: CONVOLUTIONS },
    devices: (options) => source.list(options),
    versions: async (device) => (await source.versions?.(device)) ?? {},
    async compile(architecture, options = {}) {
      const devices = await source.list();
      checkCompileOptions(architecture, options, {
        backend: BACKEND_ID,
        devices: devices.map(({ id }) => id),
        convolutions: CONVOLUTIONS,
        mostThreads: source.threads.most,
        ...(source.threads.limit === undefined ? {} : { threadsLimit: source.threads.limit }),
      });
      await source.requireRuntime?.(options.device);
      const chosen = chooseDevice(BACKEND_ID, devices, options.device);
      const {
        maxBatch = DEFAULT_MAX_BATCH,
        threads = source.threads.byDefault,
        imageFormat,
        convolution,
      } = options;
      const device = DEVICE_IDS.find((id) => id === chosen);
      if (device === undefined)
        throw new UnsupportedError(BACKEND_ID, `device ${chosen}`, DEVICE_IDS.join(", "));
      const engine: EngineOptions = {
        architecture,
        device,
        maxBatch,
        threads,
        ...(convolution === undefined ? {} : { convolution }),
        ...(imageFormat === undefined ? {} : { imageFormat }),
      };
      const hardware = devices.find(({ id }) => id === chosen)?.hardware;
      return compileModel(new EngineClient(await source.start(engine)), engine, hardware);
    },
  };
}
