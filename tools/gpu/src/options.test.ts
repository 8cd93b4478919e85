import assert from "node:assert/strict";
import { test } from "node:test";
import { readOptions } from "./options.mjs";
import { BACKENDS } from "./plans.mjs";

const optionsOf = (...args) => readOptions(["--out", "r.json", ...args], {});

test("a card is measured at the tutorial's size, a processor that plays one at a small one", () => {
  const card = optionsOf("--backend", "webgpu");
  assert.deepEqual(
    [card.device, card.model, card.batches, card.pytorchDevice],
    ["gpu", "nin", [128], "cuda"],
  );
  assert.deepEqual([card.curveEpochs, card.curveImages, card.tf32], [10, null, ["off", "on"]]);
  const small = optionsOf("--backend", "webgpu", "--device", "lavapipe");
  assert.deepEqual([small.model, small.batches, small.pytorchDevice], ["nin-mnist", [4], "cpu"]);
  assert.deepEqual([small.curveEpochs, small.curveImages, small.tf32], [1, 64, ["off"]]);
});

test("the backend is onnxruntime on cuda unless another is named", () => {
  const { backend, device, batches, steps } = optionsOf();
  assert.deepEqual([backend, device, batches], ["onnxruntime", "cuda", [128, 32]]);
  assert.deepEqual(steps, BACKENDS.onnxruntime.steps);
});

test("what is given holds", () => {
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
  assert.deepEqual([options.batches, options.steps], [[16, 8], ["curve"]]);
});

test("steps and devices of the other backend are refused", () => {
  assert.throws(() => optionsOf("--backend", "webgpu", "--steps", "tf32"), /--steps: expected one of/);
  assert.throws(() => optionsOf("--device", "gpu"), /--device: expected one of cuda, cpu, got gpu/);
  assert.throws(() => optionsOf("--backend", "tfjs"), /--backend: expected one of/);
  assert.throws(() => optionsOf("--rounds", "0"), /--rounds: expected positive integers/);
  assert.throws(() => readOptions([], {}), /expected --out/);
});
