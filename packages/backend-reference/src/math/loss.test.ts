import { expect, test } from "vitest";
import { tensor64 } from "../tensors/tensor64.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { finiteDifferences } from "../testing/finite-differences.js";
import { randomNumbers, randomTensor } from "../testing/random-tensors.js";
import { predictedClasses, softmaxCrossEntropy } from "./loss.js";

test("equal scores cost ln(classes)", () => {
  expect(softmaxCrossEntropy(tensor64([2, 10]), Uint8Array.from([0, 9])).mean).toBeCloseTo(Math.log(10), 15);
});

test("the mean is over the batch's images", () => {
  // log(1 + e^-1) and log(1 + e).
  const scores = tensor64([2, 2], Float64Array.from([1, 0, 1, 0]));
  const { mean } = softmaxCrossEntropy(scores, Uint8Array.from([0, 1]));
  expect(mean).toBeCloseTo((Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.E)) / 2, 15);
});

test("large scores do not overflow", () => {
  const { mean, gradient } = softmaxCrossEntropy(
    tensor64([1, 2], Float64Array.from([1e4, -1e4])),
    Uint8Array.from([1]),
  );
  expect(mean).toBe(2e4);
  expect([...gradient.data]).toEqual([1, -1]);
});

test("the gradient equals finite differences", () => {
  const scores = randomTensor([3, 4], randomNumbers(1));
  const labels = Uint8Array.from([0, 3, 1]);
  const { gradient } = softmaxCrossEntropy(scores, labels);
  expectTensor(
    gradient,
    finiteDifferences(() => softmaxCrossEntropy(scores, labels).mean, scores),
    "scores",
    1e-9,
  );
});

test("the predicted class is the first maximum", () => {
  expect(predictedClasses(tensor64([3, 3], Float64Array.from([1, 1, 0, 0, 2, 2, -1, -2, -1])), 3)).toEqual([
    0, 1, 0,
  ]);
});
