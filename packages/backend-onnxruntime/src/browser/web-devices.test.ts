import { builtinArchitecture } from "@nin/spec";
import { expect, test } from "vitest";
import { createOnnxRuntimeBackend } from "../backend.js";
import { browserDevices } from "../browser.js";
import type { WebRuntime } from "../runtime/web-runtime.js";
import type { PageGlobals } from "./web-devices.js";

const options = { runtimes: {} };

const isolated: PageGlobals = {
  WebAssembly: {},
  crossOriginIsolated: true,
  navigator: { hardwareConcurrency: 4 },
};

const listed = (page: PageGlobals, details = false) =>
  browserDevices({ startWorker: () => expect.unreachable() }, page).list({ details });

test("WebAssembly has a thread for each core where the page is isolated", async () => {
  const [wasm] = await listed(isolated, true);
  expect(wasm).toEqual({
    id: "wasm",
    name: "WebAssembly, 4 threads",
    available: true,
    hardware: { kind: "cpu", name: "the browser's WebAssembly" },
    details: [
      { name: "threads", value: 4 },
      { name: "cross-origin isolated", value: true },
    ],
  });
  expect(browserDevices(options, isolated).threads).toMatchObject({ byDefault: 4, most: 16 });
});

test("elsewhere it has one, and says why", async () => {
  const page = { ...isolated, crossOriginIsolated: false };
  const [wasm] = await listed(page);
  expect(wasm?.name).toBe(
    "WebAssembly, 1 thread, as the page is not cross-origin isolated (by the headers COOP and COEP)",
  );
  const backend = createOnnxRuntimeBackend(browserDevices({ startWorker: () => expect.unreachable() }, page));
  await expect(
    backend.compile(builtinArchitecture("nin-mnist"), { device: "wasm", threads: 2 }),
  ).rejects.toThrow(
    "onnxruntime: threads 2 is not supported; expected at most 1, since the page is not cross-origin isolated",
  );
});

const info = { vendor: "acme", architecture: "swift", device: "", description: "" };

/** What browsers have in place of an adapter, and the reason that a person reads. */
test.each([
  ["no WebGPU", undefined, "this browser has no WebGPU"],
  ["null, as Chromium gives", async () => null, "WebGPU found no adapter"],
  [
    "a rejection, as Firefox gives",
    () => Promise.reject(new DOMException("WebGPU is disabled by blocklist.")),
    "WebGPU found no adapter: WebGPU is disabled by blocklist.",
  ],
])("a page with %s has a webgpu that is not available", async (_, requestAdapter, reason) => {
  const navigator = requestAdapter === undefined ? {} : { gpu: { requestAdapter } };
  const [, webgpu] = await listed({ ...isolated, navigator }, true);
  expect(webgpu).toEqual({ id: "webgpu", name: "WebGPU", available: false, reason });
});

test("a page with an adapter has one that is, unless no runtime was given for it", async () => {
  const page = { ...isolated, navigator: { gpu: { requestAdapter: async () => ({ info }) } } };
  expect((await listed(page))[1]).toEqual({
    id: "webgpu",
    name: "the browser's WebGPU adapter",
    available: true,
    hardware: { kind: "gpu", name: "acme swift" },
  });
  const [wasm, webgpu] = await browserDevices(options, page).list();
  expect([wasm, webgpu].map((device) => [device?.available, device?.reason])).toEqual([
    [false, "no runtime was given for it"],
    [false, "no runtime was given for it"],
  ]);
});

test("engines of one thread share its runtime, and the number of threads with which that began", async () => {
  const env = {
    versions: { web: "1.30.0" },
    wasm: {} as { numThreads?: number; wasmPaths?: object | string },
  };
  const ort = { env } as unknown as WebRuntime;
  const source = browserDevices(
    { runtimes: { wasm: async () => ort }, wasmPaths: { wasm: "https://example.org/ort.wasm" } },
    isolated,
  );
  const engine = { architecture: builtinArchitecture("nin-mnist"), maxBatch: 1, threads: 2 } as const;
  expect(await source.versions?.()).toEqual({});
  await source.start({ ...engine, device: "wasm" });
  expect(env.wasm).toEqual({ numThreads: 2, wasmPaths: { wasm: "https://example.org/ort.wasm" } });
  expect(await source.versions?.()).toEqual({ "onnxruntime-web": "1.30.0" });
  await expect(source.start({ ...engine, device: "wasm", threads: 3 })).rejects.toThrow(
    "onnxruntime: threads 3 is not supported; expected 2, with which WebAssembly began in this thread",
  );
  await expect(source.start({ ...engine, device: "webgpu" })).rejects.toThrow(
    "onnxruntime: device webgpu is not supported; expected one that a runtime was given for: wasm",
  );
});

test("a page without WebAssembly cannot use it", async () => {
  const [wasm] = await listed({ crossOriginIsolated: true });
  expect(wasm).toEqual({
    id: "wasm",
    name: "WebAssembly",
    available: false,
    reason: "this browser has no WebAssembly",
  });
});
