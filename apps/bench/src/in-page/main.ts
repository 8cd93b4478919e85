import type { BrowserImplementationId } from "../browser/implementations.js";
import {
  IMPLEMENTATION_PARAMETER,
  type InPage,
  JOB_PATH,
  type PageJob,
  type PageMethod,
  TENSORS_PATH,
} from "../browser/in-page.js";
import type { ServedImplementation } from "../protocol/served.js";
import { type LoadedJob, loadedJob } from "../workload/loaded-job.js";
import { describePage } from "./describe-page.js";

/** The backends of TensorFlow.js, each a package. */
const TFJS_BACKENDS = {
  webgpu: () => import("@tensorflow/tfjs-backend-webgpu"),
  webgl: () => import("@tensorflow/tfjs-backend-webgl"),
  cpu: () => import("@tensorflow/tfjs-backend-cpu"),
} as const;

/** How each implementation is made; its runtime is loaded when it is opened. */
const MAKERS: Readonly<Record<BrowserImplementationId, (job: LoadedJob) => Promise<ServedImplementation>>> = {
  "webgpu@browser": async (job) => (await import("./backends.js")).webGpu(job),
  "onnxruntime:wasm@browser": async (job) => (await import("./backends.js")).onnxRuntime("wasm", job),
  "onnxruntime:webgpu@browser": async (job) => (await import("./backends.js")).onnxRuntime("webgpu", job),
  "tfjs-webgpu@browser": (job) => tfjsOn("webgpu", job),
  "tfjs-webgl@browser": (job) => tfjsOn("webgl", job),
  "tfjs-cpu@browser": (job) => tfjsOn("cpu", job),
  "jax-js-webgpu@browser": async (job) => (await import("./jax-js.js")).jaxOn("webgpu", job),
  "jax-js-webgl@browser": async (job) => (await import("./jax-js.js")).jaxOn("webgl", job),
  "jax-js-wasm@browser": async (job) => (await import("./jax-js.js")).jaxOn("wasm", job),
};

let implementation: Promise<ServedImplementation> | undefined;

(globalThis as unknown as { ninBench: InPage["ninBench"] }).ninBench = {
  call: async (method, argument) => {
    try {
      implementation ??= makeImplementation();
      return { answer: await callMethod(await implementation, method, argument) };
    } catch (error) {
      return { error: errorReply(error) };
    }
  },
  describe: describePage,
};

async function makeImplementation(): Promise<ServedImplementation> {
  const id = new URLSearchParams(location.search).get(IMPLEMENTATION_PARAMETER);
  const [, make] = Object.entries(MAKERS).find(([known]) => known === id) ?? [];
  if (make === undefined) throw new Error(`the page knows no implementation ${id}`);
  const sent = (await (await fetch(JOB_PATH)).json()) as PageJob;
  const { parseSafetensors } = await import("@nin/safetensors");
  const bytes = new Uint8Array(await (await fetch(TENSORS_PATH)).arrayBuffer());
  const { tensors } = parseSafetensors(bytes);
  return make(loadedJob(sent.job, { ...sent, tensors }));
}

function callMethod(
  of: ServedImplementation,
  method: PageMethod,
  argument: number | undefined,
): Promise<object> {
  switch (method) {
    case "open":
      return of.open();
    case "check":
      return of.check();
    case "run":
      return of.run(argument ?? Number.NaN);
    case "probe":
      return of.probe();
  }
}

/** A message and a code: an `Error` itself would lose its code on the way out of the page. */
function errorReply(error: unknown): { readonly message: string; readonly code?: string } {
  const { code } = error as { readonly code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  return { message, ...(typeof code === "string" ? { code } : {}) };
}

/** TensorFlow.js on one of its backends, as a page loads it. */
async function tfjsOn(backend: keyof typeof TFJS_BACKENDS, job: LoadedJob): Promise<ServedImplementation> {
  const { TfjsOperators } = await import("../tfjs/operators.js");
  return new TfjsOperators(job, async () => {
    const tf = await import("@tensorflow/tfjs-core");
    // As the package @tensorflow/tfjs does, which brings more than is measured.
    await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
    await TFJS_BACKENDS[backend]();
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js found no ${backend}`);
    await tf.ready();
    return { tf, versions: { "@tensorflow/tfjs-core": tf.version_core } };
  });
}
