import fc from "fast-check";
import { expect, test } from "vitest";
import { softmaxCrossEntropy } from "../math/loss.js";
import type { Tensor64 } from "../tensors/tensor64.js";
import { architectureOf, everyKind } from "../testing/architectures.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { finiteDifferences } from "../testing/finite-differences.js";
import { randomizeParameters, randomNumbers, randomTensor } from "../testing/random-tensors.js";
import { marginOf } from "./margin.js";
import { backwardPass, forwardPass, type Network, realizeNetwork, type TrainingStep } from "./network.js";

const LABELS = Uint8Array.from([0, 1]);
/** Farther from a kink than the finite differences' step can move any layer's input. */
const SAFE_MARGIN = 1e-3;
const training: TrainingStep = {
  seed: 0,
  step: 0,
  dropoutMask: (_mask, start, kept) => {
    kept.forEach((_, i) => {
      kept[i] = (start + i) % 3 === 0 ? 0 : 1;
    });
  },
};

function output(network: Network, input: Tensor64): Tensor64 {
  return [...forwardPass(network, input, training)].at(-1)?.output ?? input;
}

/** Redraws parameters and input until no kink is near; undefined when there is none to be found. */
function drawSafeCase(network: Network, shape: readonly number[], seed: number): Tensor64 | undefined {
  const next = randomNumbers(seed);
  for (let attempt = 0; attempt < 300; attempt += 1) {
    randomizeParameters(network, next);
    const input = randomTensor([2, ...shape], next);
    if (marginOf(forwardPass(network, input, training)).smallest > SAFE_MARGIN) return input;
  }
  return undefined;
}

function expectGradients(network: Network, input: Tensor64): void {
  const runs = [...forwardPass(network, input, training)];
  const loss = softmaxCrossEntropy(output(network, input), LABELS);
  const gradients = backwardPass(runs, loss.gradient);
  expect([...gradients.keys()].sort()).toEqual([...network.parameters.keys()].sort());
  for (const [name, parameter] of network.parameters) {
    const estimate = finiteDifferences(
      () => softmaxCrossEntropy(output(network, input), LABELS).mean,
      parameter,
    );
    expectTensor(gradients.get(name), estimate, name, 1e-5);
  }
}

test("gradients of a network of every layer kind equal finite differences, dropout on", () => {
  const network = realizeNetwork(everyKind());
  const input = drawSafeCase(network, [2, 9, 8], 1);
  if (input === undefined) throw new Error("no case far from a kink was found");
  expectGradients(network, input);
});

const convolution = fc.record({
  kind: fc.constant("conv2d"),
  outChannels: fc.integer({ min: 1, max: 3 }),
  kernelSize: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  padding: fc.integer({ min: 0, max: 1 }),
});
const block = fc.record({
  kind: fc.constant("ninBlock"),
  outChannels: fc.integer({ min: 1, max: 3 }),
  kernelSize: fc.integer({ min: 1, max: 2 }),
  padding: fc.constant(1),
  mlpChannels: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  mlpKernelSize: fc.constantFrom(1, 3),
});
const pool = fc.record({
  kind: fc.constantFrom("maxPool2d", "avgPool2d"),
  kernelSize: fc.constant(2),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 1 }),
  ceilMode: fc.boolean(),
});
/** A pool may leave a single pixel, on which an unpadded kernel would not fit. */
const paddedConvolution = convolution.map((layer) => ({ ...layer, padding: 1 }));
const plain = fc.constantFrom({ kind: "relu" }, { kind: "dropout", rate: 0.5 });

test("gradients of random networks equal finite differences", () => {
  let checked = 0;
  fc.assert(
    fc.property(
      fc.tuple(
        fc.oneof(convolution, block),
        fc.oneof(pool, plain),
        fc.oneof(paddedConvolution, block, plain),
      ),
      fc.nat(),
      (layers, seed) => {
        const head = [{ kind: "flatten" }, { kind: "linear", outFeatures: 2 }];
        const network = realizeNetwork(architectureOf([1, 5, 6], [...layers, ...head]));
        const input = drawSafeCase(network, [1, 5, 6], seed);
        if (input === undefined) return;
        checked += 1;
        expectGradients(network, input);
      },
    ),
    { seed: 7, numRuns: 30 },
  );
  // Some networks have too many units for a safe draw; most must have been checked.
  expect(checked).toBeGreaterThanOrEqual(20);
});
