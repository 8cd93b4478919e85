import type { EnginePlatform, Exclusive } from "./engine-platform.js";
import type { OnnxRuntime } from "./onnx-runtime.js";
import type { EngineOptions } from "./protocol.js";

/** The devices of onnxruntime-web. */
export const WEB_DEVICE_IDS = ["wasm", "webgpu"] as const;

export type WebDeviceId = (typeof WEB_DEVICE_IDS)[number];

/**
 * Where the runtime's WebAssembly lies: the address of a folder, which ends with a slash, or of its files. By default it
 * is looked for where the bundler put it, or else next to the runtime's own module.
 */
export type WasmPaths = string | { readonly mjs?: string; readonly wasm?: string };

/** What `onnxruntime-web` and its parts (`/wasm`, `/webgpu`) export, as far as it is used. */
export interface WebRuntime extends OnnxRuntime {
  readonly env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads?: number; wasmPaths?: string | object };
  };
}

/** The platform of an engine on onnxruntime-web, in the thread that calls this. */
export function webPlatform(
  ort: WebRuntime,
  { device, threads }: Pick<EngineOptions, "device" | "threads">,
  { wasmPaths, exclusive }: { readonly wasmPaths?: WasmPaths; readonly exclusive?: Exclusive } = {},
): EnginePlatform {
  // Read once, when the first session of the thread is created.
  ort.env.wasm.numThreads = device === "wasm" ? threads : 1;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  return { ort, provider: device, ...(exclusive === undefined ? {} : { exclusive }) };
}

/** Does one piece of work after another: several engines may share the runtime of a thread, which is not to be entered twice. */
export function oneAtATime(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    // Whoever waits gets the error; the next one is not concerned.
    last = result.catch(() => undefined);
    return result;
  };
}
