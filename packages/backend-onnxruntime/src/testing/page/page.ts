import type { Device } from "@nin/backend";
import type { ConformanceReport } from "@nin/conformance";
import { createBrowserOnnxRuntimeBackend, type WorkerLike } from "../../browser.js";
import { trainSmallModel } from "../train-small-model.js";
import type { SuiteAnswer, SuiteRequest } from "./suite-worker.js";

/** What the page has besides: this package does not need the types of one. */
interface PageGlobals {
  readonly document: { title: string };
  readonly location: { readonly href: string };
  readonly navigator: { readonly userAgent: string };
  calls: PageCalls;
}

const page = globalThis as unknown as PageGlobals;

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
  train: (device, threads) =>
    trainSmallModel(backend, { device, ...(threads === undefined ? {} : { threads }) }),
  suite: (request) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./suite-worker.ts", import.meta.url), { type: "module" });
      worker.addEventListener("message", (event) => {
        const { data } = event as { readonly data: SuiteAnswer };
        if ("done" in data) {
          page.document.title = data.done;
          return;
        }
        worker.terminate();
        if ("report" in data) resolve(data.report);
        else reject(data.error);
      });
      worker.addEventListener("error", (event) =>
        reject(new Error((event as { readonly message: string }).message)),
      );
      worker.postMessage(request, []);
    }),
  missingWorker: async () => {
    const broken = createBrowserOnnxRuntimeBackend({
      startWorker: () => new Worker(new URL("/no-such-file.js", page.location.href), { type: "module" }),
    });
    return trainSmallModel(broken, { device: "wasm" }).then(
      () => "it trained",
      (error: Error) => error.message,
    );
  },
};

page.calls = calls;

// For a browser that no test drives: it is given the address of a request, and sends the report back.
const asked = new URL(page.location.href).searchParams.get("suite");
if (asked !== null) await runAndSend(asked);

async function runAndSend(request: string): Promise<void> {
  const answer = await calls.suite(JSON.parse(request) as SuiteRequest).then(
    async (report) => ({ report, devices: await calls.devices(), browser: page.navigator.userAgent }),
    (error: unknown) => ({ error: String(error) }),
  );
  await fetch("/report", { method: "POST", body: JSON.stringify(answer) });
}
