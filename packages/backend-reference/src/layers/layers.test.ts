import type { PrimitiveLayer, Shape } from "@nin/spec";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Tensor64 } from "../tensors/tensor64.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { finiteDifferences } from "../testing/finite-differences.js";
import { fromFlat, largeKernelPools, pytorchFixture } from "../testing/pytorch-fixture.js";
import { randomNumbers, randomTensor } from "../testing/random-tensors.js";
import { mathOf } from "./index.js";
import type { LayerOperands } from "./layer-math.js";

const size = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
const padding = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 }));
const image = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 3, max: 6 }),
  fc.integer({ min: 3, max: 6 }),
);
const matrix = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }));
const outputs = fc.integer({ min: 1, max: 5 });
// A pool of kernel 1 may not be padded, so that pools start at 2.
const poolSize = fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 }));
const pool = { kernelSize: poolSize, stride: size, padding, ceilMode: fc.boolean() };

const layers: Readonly<
  Record<PrimitiveLayer["kind"], readonly [fc.Arbitrary<PrimitiveLayer>, fc.Arbitrary<Shape>]>
> = {
  conv2d: [
    fc.record({
      kind: fc.constant("conv2d"),
      outChannels: outputs,
      kernelSize: size,
      stride: size,
      padding,
      bias: fc.boolean(),
    }),
    image,
  ],
  linear: [fc.record({ kind: fc.constant("linear"), outFeatures: outputs, bias: fc.boolean() }), matrix],
  maxPool2d: [fc.record({ kind: fc.constant("maxPool2d"), ...pool }), image],
  avgPool2d: [fc.record({ kind: fc.constant("avgPool2d"), ...pool }), image],
  dropout: [fc.record({ kind: fc.constant("dropout"), rate: fc.constantFrom(0, 0.25, 0.5) }), image],
  relu: [fc.constant({ kind: "relu" }), image],
  flatten: [fc.constant({ kind: "flatten" }), image],
  globalAvgPool2d: [fc.constant({ kind: "globalAvgPool2d" }), image],
};

/** The layer with random operands, and a random linear function of its output as the loss. */
function setUp(layer: PrimitiveLayer, shape: Shape, seed: number) {
  const next = randomNumbers(seed);
  const input = randomTensor(shape, next);
  const { weight, bias } = mathOf(layer).allocate(layer, input);
  const operands: LayerOperands = {
    ...(weight === undefined ? {} : { weight: randomTensor(weight.shape, next) }),
    ...(bias === undefined ? {} : { bias: randomTensor(bias.shape, next) }),
    ...(layer.kind === "dropout" ? { kept: Uint8Array.from(input.data, () => (next() < 0.5 ? 0 : 1)) } : {}),
  };
  const run = (): Tensor64 => mathOf(layer).forward(layer, input, operands);
  const factors = randomTensor(run().shape, next);
  const loss = (): number => run().data.reduce((sum, y, i) => sum + y * (factors.data[i] ?? 0), 0);
  return { input, operands, run, factors, loss };
}

test.for(Object.entries(layers))("%s: backward equals finite differences", ([, [layers, shapes]]) => {
  fc.assert(
    fc.property(layers, shapes, fc.nat(), (layer, shape, seed) => {
      const { input, operands, run, factors, loss } = setUp(layer, shape, seed);
      const gradients = mathOf(layer).backward(layer, factors, { input, output: run() }, operands);
      // A random case is nearer to a kink than the step about once in 10^4 elements; the seed is fixed.
      expectTensor(gradients.input, finiteDifferences(loss, input), "input", 1e-6);
      for (const role of ["weight", "bias"] as const) {
        const operand = operands[role];
        expect(gradients[role] === undefined, role).toBe(operand === undefined);
        if (operand !== undefined)
          expectTensor(gradients[role], finiteDifferences(loss, operand), role, 1e-6);
      }
    }),
    { seed: 1, numRuns: 25 },
  );
});

test.for(
  [...pytorchFixture.pools, ...largeKernelPools].map(
    (pool, index) => [pool.layer.kind, index, pool] as const,
  ),
)(
  "%s equals PyTorch, ties, padding, ceil mode and kernels larger than the input included (case %i)",
  ([, , { layer, ...tensors }]) => {
    const input = fromFlat(tensors.input);
    const output = mathOf(layer).forward(layer, input, {});
    expectTensor(output, fromFlat(tensors.output), "output", 1e-15);
    const gradients = mathOf(layer).backward(layer, fromFlat(tensors.outputGradient), { input, output }, {});
    expectTensor(gradients.input, fromFlat(tensors.inputGradient), "input gradient", 1e-15);
  },
);

test.for(pytorchFixture.convolutions.map((convolution, index) => [index, convolution] as const))(
  "conv2d equals PyTorch (case %i)",
  ([, { layer, ...tensors }]) => {
    const input = fromFlat(tensors.input);
    const operands = {
      weight: fromFlat(tensors.weight),
      ...(tensors.bias === undefined ? {} : { bias: fromFlat(tensors.bias) }),
    };
    const output = mathOf(layer).forward(layer, input, operands);
    expectTensor(output, fromFlat(tensors.output), "output", 1e-14);
    const outputGradient = fromFlat(tensors.outputGradient);
    const gradients = mathOf(layer).backward(layer, outputGradient, { input, output }, operands);
    expectTensor(gradients.input, fromFlat(tensors.inputGradient), "input gradient", 1e-14);
    expectTensor(gradients.weight, fromFlat(tensors.weightGradient), "weight gradient", 1e-14);
    const bias = tensors.biasGradient;
    expectTensor(gradients.bias, bias === undefined ? undefined : fromFlat(bias), "bias gradient", 1e-14);
  },
);
