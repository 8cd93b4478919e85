import { expect, it } from "vitest";
import { bestAdapter, listAdapters, webGpuDevice } from "./index.js";

it("is the first that can be used, or says of all why they cannot", () => {
  const adapters = listAdapters();
  const best = adapters.find(({ available }) => available);
  expect(bestAdapter()).toEqual(best);
  const { id, name, available, reason } = webGpuDevice();
  expect([id, name, available]).toEqual(["webgpu", best?.name ?? "WebGPU", best !== undefined]);
  if (best !== undefined) expect(reason).toBeUndefined();
  else for (const adapter of adapters) expect(reason).toContain(`${adapter.name}: ${adapter.reason}`);
});
