import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
import { createReferenceBackend } from "@nin/backend-reference";
import { type Architecture, inferLayers, type Tensor } from "@nin/spec";
import { arbitraryArchitecture } from "@nin/spec/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { architectureOf } from "./testing/architectures.js";
import { expectTensor, expectTensors } from "./testing/expect-tensor.js";
import { drawAwayFromKinks, randomBatch } from "./testing/random-case.js";
import { randomTensor } from "./testing/random-tensors.js";

const RUNS = 50;
const MAX_BATCH = 5;

const backend = createOnnxRuntimeBackend();
const reference = createReferenceBackend();

/** Layers as the spec infers them, in the form in which models report theirs. */
function inferred(architecture: Architecture) {
  return inferLayers(architecture).map(({ name, layer, outputShape, parameters }) => ({
    name,
    kind: layer.kind,
    outputShape: [1, ...outputShape],
    parameters: new Map(parameters.map((parameter) => [parameter.name, parameter.shape])),
  }));
}

/** Compares one network with the oracle; false when no draw of it is away from its kinks. */
async function compareWithOracle(architecture: Architecture, count: number, seed: number): Promise<boolean> {
  await using model = await backend.compile(architecture, { threads: 1, maxBatch: MAX_BATCH });
  const oracle = await reference.compile(architecture);
  expect(model.layers).toEqual(oracle.layers);
  expect(model.layers.flatMap((layer) => layer.inner ?? [layer])).toEqual(inferred(architecture));
  const shapes = [...(await model.readParameters())].map(([name, { shape, data }]) => [
    name,
    shape,
    data.length,
  ]);
  expect(shapes).toEqual(
    [...(await oracle.readParameters())].map(([name, { shape, data }]) => [name, shape, data.length]),
  );

  const drawn = await drawAwayFromKinks(oracle, architecture, count, seed);
  if (drawn === undefined) return false;
  const { parameters, batch } = drawn;
  await model.writeParameters(parameters);
  expect(await model.readParameters()).toEqual(parameters);
  expectTensor(await model.predict(batch), await oracle.predict(batch), "scores");
  expectTensors(await model.activations(batch), await oracle.activations(batch), "activation");
  const actual = await model.gradients(batch);
  const expected = await oracle.gradients(batch);
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThanOrEqual(2e-5 * expected.loss);
  expectTensors(actual.gradients, expected.gradients, "gradient");
  return true;
}

test(`${RUNS} random architectures are the oracle's`, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      arbitraryArchitecture(),
      fc.integer({ min: 1, max: MAX_BATCH }),
      fc.nat(),
      async (architecture, count, seed) => {
        compared += Number(await compareWithOracle(architecture, count, seed));
      },
    ),
    { seed: 20131216, numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(0.8 * RUNS);
});

describe("architectures that random ones do not reach", () => {
  const WIDE = { kind: "conv2d", outChannels: 16, kernelSize: 3, padding: 1 };
  const HEAD = [{ kind: "globalAvgPool2d" }, { kind: "flatten" }];
  test.each<readonly [string, Architecture]>([
    [
      "Winograd with ReLU and pool",
      architectureOf(
        [16, 12, 12],
        [
          WIDE,
          { kind: "relu" },
          { kind: "maxPool2d", kernelSize: 3, stride: 2 },
          { ...WIDE, kernelSize: 5, padding: 2 },
          { kind: "relu" },
          ...HEAD,
        ],
      ),
    ],
    [
      "a pool that ends in the padding",
      architectureOf(
        [2, 8, 9],
        [
          { kind: "conv2d", outChannels: 3, kernelSize: 2 },
          { kind: "maxPool2d", kernelSize: 4, stride: 3, padding: 2, ceilMode: true },
          ...HEAD,
        ],
      ),
    ],
    [
      "a network without a ReLU, a flatten twice",
      architectureOf(
        [1, 3, 2],
        [{ kind: "flatten" }, { kind: "flatten" }, { kind: "linear", outFeatures: 4, bias: false }],
      ),
    ],
    [
      "one that ends in an image",
      architectureOf([2, 5, 4], [{ kind: "conv2d", outChannels: 3, kernelSize: 3, padding: [1, 0] }]),
    ],
  ])("%s", async (_, architecture) => {
    expect(await compareWithOracle(architecture, 2, 5)).toBe(true);
  });
});

test("of equal maxima the first takes the gradient, and none passes a ReLU at 0", async () => {
  const architecture = architectureOf(
    [2, 7, 8],
    [
      { kind: "conv2d", outChannels: 2, kernelSize: 2 },
      { kind: "maxPool2d", kernelSize: [3, 2], stride: [2, 1], padding: 1, ceilMode: true },
      { kind: "conv2d", outChannels: 3, kernelSize: 1 },
      { kind: "relu" },
      { kind: "maxPool2d", kernelSize: 2, stride: 2 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ],
  );
  const smallIntegers = ({ shape, data }: Tensor): Tensor => ({
    shape,
    data: data.map((x) => Math.round(1.4 * x)),
  });
  const { input, labels } = randomBatch(architecture, 3, 1);
  const batch = { input: smallIntegers(input), labels };
  await using model = await backend.compile(architecture, { threads: 1, maxBatch: 3 });
  const oracle = await reference.compile(architecture);
  const parameters = new Map(
    [...(await model.readParameters())].map(([name, { shape }], seed) => [
      name,
      smallIntegers(randomTensor(shape, seed)),
    ]),
  );
  for (const each of [model, oracle]) await each.writeParameters(parameters);
  expect((await oracle.margin(batch)).smallest).toBe(0);
  expect([...(await model.predict(batch)).data]).toEqual([...(await oracle.predict(batch)).data]);
  expectTensors(
    (await model.gradients(batch)).gradients,
    (await oracle.gradients(batch)).gradients,
    "gradient",
  );
});
