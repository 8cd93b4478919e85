import { DeviceUnavailableError } from "@nin/backend";
import { builtinArchitecture } from "@nin/spec";
import { afterEach, expect, test, vi } from "vitest";
import { createWebGpuBackend } from "./backend.js";
import { browserDevices } from "./browser-devices.js";

afterEach(() => vi.unstubAllGlobals());

/** What browsers have in place of an adapter, and the reason that a person is given. */
const WITHOUT_ADAPTER: readonly (readonly [string, object | undefined, string])[] = [
  ["no WebGPU", undefined, "this browser has no WebGPU"],
  ["null, as Chromium gives", { requestAdapter: async () => null }, "WebGPU found no adapter"],
  [
    "a rejection, as Firefox gives",
    { requestAdapter: () => Promise.reject(new DOMException("WebGPU is disabled by blocklist.")) },
    "WebGPU found no adapter: WebGPU is disabled by blocklist.",
  ],
  [
    "an exception",
    {
      requestAdapter: () => {
        throw new TypeError("not in this context");
      },
    },
    "WebGPU found no adapter: not in this context",
  ],
  ["a rejection with nothing", { requestAdapter: () => Promise.reject("") }, "WebGPU found no adapter"],
];

test.each(WITHOUT_ADAPTER)("a page with %s has a device that is not available", async (_, gpu, reason) => {
  vi.stubGlobal("navigator", { gpu });
  const backend = createWebGpuBackend(browserDevices());
  const expected = [{ id: "gpu", name: "WebGPU", available: false, reason }];
  expect(await backend.devices()).toEqual(expected);
  expect(await backend.devices({ details: true })).toEqual(expected);
  const compiling = backend.compile(builtinArchitecture("nin-mnist"), { device: "gpu" });
  await expect(compiling).rejects.toThrow(DeviceUnavailableError);
  await expect(compiling).rejects.toThrow(reason);
  await expect(browserDevices().open("gpu")).rejects.toThrow(reason);
});

test("a page with an adapter has a device that is available", async () => {
  const info = { vendor: "acme", architecture: "swift", device: "", description: "" };
  const adapter = { info, features: new Set(), limits: {} };
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
  expect(await browserDevices().list()).toEqual([
    {
      id: "gpu",
      name: "the browser's WebGPU adapter",
      available: true,
      hardware: { kind: "gpu", name: "acme swift" },
    },
  ]);
});
