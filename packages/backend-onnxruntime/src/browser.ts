/**
 * ONNX Runtime in a page: `wasm`, which every browser has, and `webgpu`.
 *
 * @example
 * ```ts
 * import { createBrowserOnnxRuntimeBackend } from "@nin/backend-onnxruntime/browser";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * // engine-worker.ts is a file of yours with one line: import "@nin/backend-onnxruntime/browser/worker";
 * const backend = createBrowserOnnxRuntimeBackend({
 *   startWorker: () => new Worker(new URL("./engine-worker.js", import.meta.url), { type: "module" }),
 * });
 * const model = await backend.compile(builtinArchitecture("nin-mnist"));
 * console.log(model.layers.length);
 * ```
 *
 * @packageDocumentation
 */
import { type Backend, UnsupportedError } from "@nin/backend";
import { createOnnxRuntimeBackend, type EngineSource } from "./backend.js";
import { WorkerEngineThread, type WorkerLike } from "./browser/engine-worker.js";
import { loadedRuntime, type RuntimeLoaders } from "./browser/serve-engine.js";
import { type PageGlobals, wasmDevice, webGpuDevice, webThreads } from "./browser/web-devices.js";
import { BACKEND_ID } from "./runtime/backend-id.js";
import { type EngineThread, engineInThisThread } from "./runtime/engine-client.js";
import type { EngineOptions } from "./runtime/protocol.js";
import { oneAtATime, type WasmPaths, type WebDeviceId, webPlatform } from "./runtime/web-runtime.js";

/** Where models compute: each in a worker of its own, or all in the thread that compiles them. */
export type BrowserOnnxRuntimeOptions = {
  /**
   * Where the runtime's WebAssembly lies, if not where the bundler puts it. An address is relative to the page's or
   * worker's own.
   */
  readonly wasmPaths?: WasmPaths;
} & (
  | {
      /**
       * Starts a worker that runs a module which imports `@nin/backend-onnxruntime/browser/worker`, or calls
       * `serveEngine`. It is terminated with its model, which frees the runtime's memory.
       */
      readonly startWorker: (device: WebDeviceId) => WorkerLike;
    }
  | {
      /**
       * How each device's runtime is loaded into this thread, which must be a worker's, as the runtime blocks it:
       * `{ wasm: () => import("onnxruntime-web/wasm") }`. A device without one cannot be used.
       */
      readonly runtimes: RuntimeLoaders;
    }
);

/**
 * NiN on ONNX Runtime in a page or a worker of one: devices `wasm` and `webgpu` of `onnxruntime-web`.
 *
 * @example
 * import { createBrowserOnnxRuntimeBackend } from "@nin/backend-onnxruntime/browser";
 *
 * // In a worker, in the thread of that worker:
 * const backend = createBrowserOnnxRuntimeBackend({
 *   runtimes: { wasm: () => import("onnxruntime-web/wasm") },
 * });
 */
export function createBrowserOnnxRuntimeBackend(options: BrowserOnnxRuntimeOptions): Backend {
  return createOnnxRuntimeBackend(browserDevices(options));
}

/** The devices of a page, for `createOnnxRuntimeBackend`. */
export function browserDevices(
  options: BrowserOnnxRuntimeOptions,
  page: PageGlobals = globalThis as PageGlobals,
): EngineSource {
  let version: string | undefined;
  const noted = (found: string | undefined): void => {
    version = found;
  };
  const wasmPaths = options.wasmPaths === undefined ? {} : { wasmPaths: absolute(options.wasmPaths) };
  return {
    threads: webThreads(page),
    list: async ({ details = false } = {}) => {
      const devices = [wasmDevice(page, details), await webGpuDevice(page, details)];
      if (!("runtimes" in options)) return devices;
      return devices.map((device) =>
        device.available && !(device.id in options.runtimes)
          ? { id: device.id, name: device.name, available: false, reason: "no runtime was given for it" }
          : device,
      );
    },
    // Known once a model was compiled: the runtime is not loaded before.
    versions: async () => (version === undefined ? {} : { "onnxruntime-web": version }),
    start:
      "runtimes" in options
        ? startInThisThread(options.runtimes, wasmPaths, noted)
        : async (engine) =>
            new WorkerEngineThread(
              options.startWorker(engine.device === "webgpu" ? "webgpu" : "wasm"),
              { options: engine, ...wasmPaths },
              noted,
            ),
  };
}

/** Engines of this thread share its runtimes, of which WebAssembly keeps the number of threads that it began with. */
function startInThisThread(
  runtimes: RuntimeLoaders,
  wasmPaths: { readonly wasmPaths?: WasmPaths },
  noted: (version: string | undefined) => void,
): (options: EngineOptions) => Promise<EngineThread> {
  const exclusive = oneAtATime();
  let begun: number | undefined;
  return async (options) => {
    const { device, threads } = options;
    if (device === "wasm" && begun !== undefined && begun !== threads) {
      const expected = `${begun}, with which WebAssembly began in this thread`;
      throw new UnsupportedError(BACKEND_ID, `threads ${threads}`, expected);
    }
    const ort = await loadedRuntime(runtimes, device);
    if (device === "wasm") begun = threads;
    noted(ort.env.versions.web);
    return engineInThisThread(options, webPlatform(ort, options, { ...wasmPaths, exclusive }));
  };
}

/** Addresses that are relative to this page's, as a worker elsewhere understands them. */
function absolute(paths: WasmPaths): WasmPaths {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const resolved = (path: string): string => new URL(path, location?.href).href;
  if (typeof paths === "string") return resolved(paths);
  const { mjs, wasm } = paths;
  return {
    ...(mjs === undefined ? {} : { mjs: resolved(mjs) }),
    ...(wasm === undefined ? {} : { wasm: resolved(wasm) }),
  };
}

export type { WorkerLike } from "./browser/engine-worker.js";
export { isRuntimeThread, type RuntimeLoaders, serveEngine } from "./browser/serve-engine.js";
export type { PageGlobals } from "./browser/web-devices.js";
export type { WasmPaths, WebDeviceId, WebRuntime } from "./runtime/web-runtime.js";
