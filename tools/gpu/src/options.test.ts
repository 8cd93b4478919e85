import { expect, it } from "vitest";
import { readOptions } from "./options.js";
import { BACKENDS } from "./plans.js";

const optionsOf = (...args) => readOptions(["--out", "r.json", ...args], {});

it("a card is measured at the tutorial's size, a processor that plays one at a small one", () => {
  const card = optionsOf("--backend", "webgpu");
  expect([card.device, card.model, card.batches, card.pytorchDevice]).toEqual(["gpu", "nin", [128], "cuda"]);
  expect([card.curveEpochs, card.curveImages, card.tf32]).toEqual([10, null, ["off", "on"]]);
  const small = optionsOf("--backend", "webgpu", "--device", "lavapipe");
  expect([small.model, small.batches, small.pytorchDevice]).toEqual(["nin-mnist", [4], "cpu"]);
  expect([small.curveEpochs, small.curveImages, small.tf32]).toEqual([1, 64, ["off"]]);
});

it("the backend is onnxruntime on cuda unless another is named", () => {
  const { backend, device, batches, steps } = optionsOf();
  expect([backend, device, batches]).toEqual(["onnxruntime", "cuda", [128, 32]]);
  expect(steps).toEqual(BACKENDS.onnxruntime.steps);
});

it("what is given holds", () => {
  const options = optionsOf(
    "--backend",
    "webgpu",
    "--device",
    "lavapipe",
    "--batches",
    "16,8",
    "--steps",
    "curve",
  );
  expect([options.batches, options.steps]).toEqual([[16, 8], ["curve"]]);
});

it("steps and devices of the other backend are refused", () => {
  expect(() => optionsOf("--backend", "webgpu", "--steps", "tf32")).toThrow(/--steps: expected one of/);
  expect(() => optionsOf("--device", "gpu")).toThrow(/--device: expected one of cuda, cpu, got gpu/);
  expect(() => optionsOf("--backend", "tfjs")).toThrow(/--backend: expected one of/);
  expect(() => optionsOf("--rounds", "0")).toThrow(/--rounds: expected positive integers/);
  expect(() => readOptions([], {})).toThrow(/expected --out/);
});
