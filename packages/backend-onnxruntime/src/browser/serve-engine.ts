import { UnsupportedError } from "@nin/backend";
import { BACKEND_ID } from "../runtime/backend-id.js";
import { answerRequests, type EngineRequest } from "../runtime/engine-client.js";
import { type WebDeviceId, type WebRuntime, webPlatform } from "../runtime/web-runtime.js";
import { OptimizerMemory } from "../update/optimizer-memory.js";
import type { WorkerAnswer, WorkerMessage } from "./engine-worker.js";

/** How the runtime of each device is loaded; a device without one cannot be used. */
export type RuntimeLoaders = { readonly [Device in WebDeviceId]?: () => Promise<WebRuntime> };

/** The worker that calls this, as far as it is used. */
interface WorkerScope {
  postMessage(message: WorkerAnswer, moved: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: WorkerMessage }) => void): void;
}

/** What the runtime calls the workers that are its threads. Source: Emscripten. */
const THREAD_NAME = "em-pthread";

/**
 * Whether this worker is one of the runtime's own threads. These load the module that has the runtime, and with it whatever
 * a bundler has put into the same file or one that it imports: a worker of yours, too, which must not answer there.
 *
 * @example
 * if (!isRuntimeThread()) addEventListener("message", answer);
 */
export function isRuntimeThread(): boolean {
  const { name } = globalThis as { readonly name?: unknown };
  return typeof name === "string" && name.startsWith(THREAD_NAME);
}

/**
 * Makes the worker that calls it the place of one model's engine: for a worker of your own, in place of
 * `@nin/backend-onnxruntime/browser/worker`. Call it at once, so that no message is missed.
 *
 * @param loaders - by device: `{ wasm: () => import("onnxruntime-web/wasm") }`
 */
export function serveEngine(loaders: RuntimeLoaders): void {
  if (isRuntimeThread()) return;
  const scope = globalThis as unknown as WorkerScope;
  let engine: Promise<((request: EngineRequest) => void) | undefined> = Promise.resolve(undefined);
  scope.addEventListener("message", ({ data }) => {
    if ("start" in data) {
      engine = startEngine(scope, loaders, data.start).catch((error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        scope.postMessage({ failure }, []);
        return undefined;
      });
      return;
    }
    // In the order of the messages; after a failure nobody waits for an answer.
    void engine.then((answer) => answer?.(data.request));
  });
}

async function startEngine(
  scope: WorkerScope,
  loaders: RuntimeLoaders,
  { options, wasmPaths }: Extract<WorkerMessage, { readonly start: unknown }>["start"],
): Promise<(request: EngineRequest) => void> {
  const ort = await loadedRuntime(loaders, options.device);
  const { web } = ort.env.versions;
  if (web !== undefined) scope.postMessage({ version: web }, []);
  const platform = {
    ...webPlatform(ort, options, wasmPaths === undefined ? {} : { wasmPaths }),
    memoryFor: OptimizerMemory.create,
  };
  return answerRequests(options, platform, (response, moved) => scope.postMessage({ response }, moved));
}

/** @throws `UnsupportedError` for a device without a loader; what the loader throws, as where a file is missing */
export async function loadedRuntime(loaders: RuntimeLoaders, device: string): Promise<WebRuntime> {
  const load = Object.entries(loaders).find(([id]) => id === device)?.[1];
  if (load === undefined) {
    const given = Object.keys(loaders).join(", ");
    throw new UnsupportedError(BACKEND_ID, `device ${device}`, `one that a runtime was given for: ${given}`);
  }
  return load();
}
