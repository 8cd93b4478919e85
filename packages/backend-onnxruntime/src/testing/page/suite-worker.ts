import { type ConformanceReport, conformanceCases, runConformance } from "@nin/conformance";
import { createBrowserOnnxRuntimeBackend, isRuntimeThread } from "../../browser.js";

/** What the worker is asked for. */
export interface SuiteRequest {
  readonly device: string;
  readonly threads: number;
  /** Of the cases that a page can run: those with these ids, the quick ones, or all. */
  readonly ids: readonly string[] | "quick" | "all";
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

if (!isRuntimeThread()) scope.addEventListener("message", ({ data }) => run(data));

function run({ device, threads, ids }: SuiteRequest): void {
  const chosen = (id: string, quick: boolean): boolean =>
    ids === "all" || (ids === "quick" ? quick : ids.includes(id));
  runConformance(backend, {
    device,
    threads,
    cases: conformanceCases().filter(
      ({ id, quick, needs = [] }) => chosen(id, quick === true) && needs.every((need) => need === "fixtures"),
    ),
    host: { readFixture },
    onResult: ({ id }, { done, total }) => scope.postMessage({ done: `${done} of ${total}: ${id}` }),
  }).then(
    (report) => scope.postMessage({ report }),
    (error: unknown) => scope.postMessage({ error }),
  );
}

async function readFixture(path: string): Promise<string> {
  const response = await fetch(`/fixtures/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.text();
}
