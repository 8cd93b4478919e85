import { expect, it } from "vitest";
import { fakeImplementations } from "../testing/fake-targets.js";
import { findTargets, withTf32 } from "./targets.js";

it("adds TF32 variants of what computes with NVIDIA's libraries, which read it in their environment", () => {
  const [fake] = fakeImplementations("onnxruntime:cuda");
  if (fake === undefined) throw new Error("there is one");
  const [own, tf32] = withTf32({ ...fake, hardware: "cuda" });
  expect([own?.id, own?.tf32, own?.command.env]).toEqual(["onnxruntime:cuda", undefined, undefined]);
  expect([tf32?.id, tf32?.tf32]).toEqual(["onnxruntime:cuda-tf32", true]);
  expect(tf32?.command.env).toEqual({ NVIDIA_TF32_OVERRIDE: "1" });
  expect(withTf32(fake)).toEqual([fake]);
});

it("says where there is nothing to measure with TF32", async () => {
  const targets = await findTargets({ backends: ["onnxruntime:cpu"], tf32: true, threads: 1 }, () => {});
  expect(targets.implementations.map(({ id }) => id)).toEqual(["onnxruntime:cpu"]);
  expect(targets.absent.map(({ what }) => what)).toContain("TF32");
});

it("measures another checkout's builds after the backends", async () => {
  const checkout = new URL("../../../../", import.meta.url).pathname;
  const { implementations } = await findTargets(
    { backends: ["onnxruntime:cpu", "reference"], checkout, threads: 1 },
    () => {},
  );
  expect(implementations.map(({ id }) => id)).toEqual([
    "onnxruntime:cpu",
    "reference:cpu",
    "onnxruntime:cpu@checkout",
    "reference:cpu@checkout",
  ]);
});
