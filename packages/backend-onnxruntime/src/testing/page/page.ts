import type { Device } from "@nin/backend";
import type { ConformanceReport } from "@nin/conformance";
import { createBrowserOnnxRuntimeBackend, type WorkerLike } from "../../browser.js";
import { trainSmallModel } from "../train-small-model.js";
import type { SuiteAnswer, SuiteRequest } from "./suite-worker.js";

declare const Worker: new (url: URL, options: { readonly type: "module" }) => WorkerLike;

/** What tests call in the page. */
export interface PageCalls {
  devices(): Promise<readonly Device[]>;
  train(device: string, threads?: number): ReturnType<typeof trainSmallModel>;
  versions(): Promise<Readonly<Record<string, string>>>;
  suite(request: SuiteRequest): Promise<ConformanceReport>;
  /** Whether a worker that cannot be loaded is reported. */
  missingWorker(): Promise<string>;
}

const backend = createBrowserOnnxRuntimeBackend({
  startWorker: () => new Worker(new URL("./engine-worker.ts", import.meta.url), { type: "module" }),
});

const calls: PageCalls = {
  devices: () => backend.devices({ details: true }),
  versions: () => backend.versions(),
  train: (device, threads) => trainSmallModel(backend, { device, ...(threads === undefined ? {} : { threads }) }),
  suite: (request) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./suite-worker.ts", import.meta.url), { type: "module" });
      worker.addEventListener("message", ({ data }: { readonly data: SuiteAnswer }) => {
        if ("done" in data) {
          globalThis.document.title = data.done;
          return;
        }
        worker.terminate();
        if ("report" in data) resolve(data.report);
        else reject(data.error);
      });
      worker.addEventListener("error", ({ message }: { readonly message: string }) => reject(new Error(message)));
      worker.postMessage(request, []);
    }),
  missingWorker: async () => {
    const broken = createBrowserOnnxRuntimeBackend({
      startWorker: () => new Worker(new URL("/no-such-file.js", globalThis.location.href), { type: "module" }),
    });
    return trainSmallModel(broken, { device: "wasm" }).then(
      () => "it trained",
      (error: Error) => error.message,
    );
  },
};

declare global {
  var document: { title: string };
  var location: { readonly href: string };
  var calls: PageCalls;
}

globalThis.calls = calls;
