import { type ConformanceReport, conformanceCases, runConformance } from "@nin/conformance";
import { createBrowserOnnxRuntimeBackend } from "../../browser.js";

/** What the worker is asked for. */
export interface SuiteRequest {
  readonly device: string;
  readonly threads: number;
  readonly ids: readonly string[];
}

export type SuiteAnswer =
  | { readonly done: string }
  | { readonly report: ConformanceReport }
  | { readonly error: unknown };

interface Scope {
  addEventListener(type: "message", listener: (event: { readonly data: SuiteRequest }) => void): void;
  postMessage(answer: SuiteAnswer): void;
}

const scope = globalThis as unknown as Scope;

/** All models share one runtime, in this thread. */
const backend = createBrowserOnnxRuntimeBackend({
  runtimes: {
    wasm: () => import("onnxruntime-web/wasm"),
    webgpu: () => import("onnxruntime-web/webgpu"),
  },
});

scope.addEventListener("message", ({ data: { device, threads, ids } }) => {
  const wanted = new Set(ids);
  runConformance(backend, {
    device,
    threads,
    cases: conformanceCases().filter(({ id }) => wanted.has(id)),
    host: { readFixture },
    onResult: ({ id }, { done, total }) => scope.postMessage({ done: `${done} of ${total}: ${id}` }),
  }).then(
    (report) => scope.postMessage({ report }),
    (error: unknown) => scope.postMessage({ error }),
  );
});

async function readFixture(path: string): Promise<string> {
  const response = await fetch(`/fixtures/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.text();
}
