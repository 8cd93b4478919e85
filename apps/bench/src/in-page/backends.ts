import type { Backend } from "@nin/backend";
import { ONNXRUNTIME_PATH } from "../browser/in-page.js";
import { BackendImplementation } from "../child/backend-implementation.js";
import { residentData } from "../child/training-data.js";
import type { ServedImplementation } from "../protocol/served.js";
import type { LoadedJob } from "../workload/loaded-job.js";

/** Our WebGPU, on the page's adapter. */
export function webGpu(job: LoadedJob): ServedImplementation {
  return backendInPage("gpu", job, async () =>
    (await import("@nin/backend-webgpu/browser")).createBrowserWebGpuBackend(),
  );
}

/** Our training step on ONNX Runtime, in a worker of its own. */
export function onnxRuntime(device: "wasm" | "webgpu", job: LoadedJob): ServedImplementation {
  return backendInPage(device, job, async () =>
    (await import("@nin/backend-onnxruntime/browser")).createBrowserOnnxRuntimeBackend({
      wasmPaths: ONNXRUNTIME_PATH,
      startWorker: () => new Worker("/in-page/engine-worker.js", { type: "module" }),
    }),
  );
}

function backendInPage(
  device: string,
  job: LoadedJob,
  loadBackend: () => Promise<Backend>,
): ServedImplementation {
  return new BackendImplementation(device, job, {
    loadBackend,
    openData: async (of) => (of.resident === undefined ? undefined : residentData(of, of.resident)),
    versions: {},
  });
}
