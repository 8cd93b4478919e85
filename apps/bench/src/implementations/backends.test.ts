import { expect, it } from "vitest";
import { backendLine } from "./backends";

it("asks the registry: everything usable but what is slow by design, the rest with a reason", async () => {
  const { contestants, absent } = await backendLine([]);
  const ids = contestants.map(({ id }) => id);
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
  const { contestants } = await backendLine(["reference", "onnxruntime:cpu"]);
  expect(contestants.map(({ id, hardware }) => [id, hardware])).toEqual([
    ["onnxruntime:cpu", "cpu"],
    ["reference:cpu", "cpu"],
  ]);
});

it("knows what it does not know", async () => {
  await expect(backendLine(["onnxruntime:tpu"])).rejects.toThrow(/got onnxruntime:tpu$/);
});
