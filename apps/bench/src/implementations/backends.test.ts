import { expect, it } from "vitest";
import { backendTargets } from "./backends.js";

it("asks the registry: everything usable but what is slow by design, the rest with a reason", async () => {
  const { implementations, absent } = await backendTargets([]);
  const ids = implementations.map(({ id }) => id);
  expect(ids).toContain("onnxruntime:cpu");
  for (const onRequest of ["reference:cpu", "tfjs:cpu"]) {
    expect(ids).not.toContain(onRequest);
    expect(absent.map(({ what }) => what)).toContain(onRequest);
  }
  for (const { why } of absent) expect(why).not.toBe("");
  const software = ids.filter((id) => ["webgpu:lavapipe", "webgpu:swiftshader"].includes(id));
  expect(software.length).toBeLessThan(2);
});

it("measures what is named, and nothing else", async () => {
  const { implementations } = await backendTargets(["reference", "onnxruntime:cpu"]);
  expect(implementations.map(({ id, hardware }) => [id, hardware])).toEqual([
    ["onnxruntime:cpu", "cpu"],
    ["reference:cpu", "cpu"],
  ]);
});

it("knows what it does not know", async () => {
  await expect(backendTargets(["onnxruntime:tpu"])).rejects.toThrow(/got onnxruntime:tpu$/);
});
