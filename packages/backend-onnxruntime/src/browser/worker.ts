/**
 * The worker of one model in a page, started by the page: both devices of `onnxruntime-web`, each loaded when a model is
 * compiled for it.
 *
 * @example
 * ```ts
 * import { createBrowserOnnxRuntimeBackend } from "@nin/backend-onnxruntime/browser";
 *
 * // engine-worker.ts is a file of yours with one line: import "@nin/backend-onnxruntime/browser/worker";
 * export const backend = createBrowserOnnxRuntimeBackend({
 *   startWorker: () => new Worker(new URL("./engine-worker.js", import.meta.url), { type: "module" }),
 * });
 * ```
 *
 * @packageDocumentation
 */
import { serveEngine } from "./serve-engine.js";

serveEngine({
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
});
