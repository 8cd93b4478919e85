import { ParameterError } from "@nin/backend";
import { exportOnnx } from "@nin/backend-onnxruntime/export";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { createReferenceBackend } from "@nin/backend-reference";
import { type Architecture, builtinArchitecture, classCount, type Tensor } from "@nin/spec";
import { arbitraryArchitecture } from "@nin/spec/arbitrary";
import fc from "fast-check";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { disableTelemetry } from "../node/telemetry.js";
import { architectureOf } from "../testing/architectures.js";
import { decodeModel } from "../testing/decode-model.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { heParameters, randomBatch } from "../testing/random-case.js";
import { smallArchitecture } from "../testing/small-model.js";

const RUNS = 60;

/** The exported network's scores, from the plain runtime. */
async function runExported(model: Uint8Array, { shape, data }: Tensor): Promise<Tensor> {
  await disableTelemetry();
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { logits } = await session.run({ input: new OrtTensor("float32", Float32Array.from(data), shape) });
  await session.release();
  if (!(logits?.data instanceof Float32Array)) throw new Error("no float32 logits");
  return { shape: logits.dims, data: logits.data };
}

async function compareWithOracle(architecture: Architecture, counts: readonly number[], seed: number) {
  const parameters = heParameters(architecture, seed);
  const exported = exportOnnx(architecture, parameters);
  const oracle = await createReferenceBackend().compile(architecture);
  await oracle.writeParameters(parameters);
  for (const count of counts) {
    const { input } = randomBatch(architecture, count, seed);
    expectTensor(await runExported(exported, input), await oracle.predict({ input }), `scores of ${count}`);
  }
}

test(`${RUNS} exported random architectures give the oracle's scores, for any batch`, async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryArchitecture(), fc.nat(), (architecture, seed) =>
      compareWithOracle(architecture, [1, 3], seed),
    ),
    { seed: 20131216, numRuns: RUNS },
  );
});

const LINEAR_HEAD = [{ kind: "flatten" }, { kind: "linear", outFeatures: 4 }];

describe("exported pools", () => {
  test.each([
    ["max, ceil", { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true }],
    [
      "max, ceil and padding",
      { kind: "maxPool2d", kernelSize: [2, 4], stride: [3, 3], padding: [1, 2], ceilMode: true },
    ],
    ["average, padding", { kind: "avgPool2d", kernelSize: 3, stride: 2, padding: 1 }],
    ["average, ceil", { kind: "avgPool2d", kernelSize: 3, stride: 2, ceilMode: true }],
    [
      "average, ceil and padding",
      { kind: "avgPool2d", kernelSize: [4, 2], stride: [3, 3], padding: [2, 1], ceilMode: true },
    ],
    [
      "average, a window all padding but one",
      { kind: "avgPool2d", kernelSize: 4, stride: 4, padding: 2, ceilMode: true },
    ],
  ])("%s", async (_, pool) => {
    for (const size of [7, 8, 9, 10]) {
      const layers = [{ kind: "conv2d", outChannels: 3, kernelSize: 2 }, pool, ...LINEAR_HEAD];
      await compareWithOracle(architectureOf([2, size, size + 1], layers), [2], size);
    }
  });
});

test("a network that ends in an image has scores", async () => {
  const layers = [{ kind: "conv2d", outChannels: 3, kernelSize: 2 }];
  await compareWithOracle(architectureOf([2, 3, 4], layers), [1, 2], 1);
});

test("exported nin-mnist predicts what its model does", async () => {
  const architecture = builtinArchitecture("nin-mnist");
  await using model = await createNodeOnnxRuntimeBackend().compile(architecture, { threads: 1, maxBatch: 3 });
  await model.writeParameters(heParameters(architecture, 1));
  const { input } = randomBatch(architecture, 3, 2);
  const exported = exportOnnx(architecture, await model.readParameters());
  expectTensor(await runExported(exported, input), await model.predict({ input }), "scores");
});

test("weights are initializers under their state-dict names, and only standard operators are used", () => {
  const architecture = builtinArchitecture("nin?head=linear");
  const parameters = heParameters(architecture, 1);
  const { graph } = decodeModel(exportOnnx(architecture, parameters));
  const weights = graph.initializer.filter(({ name }) => name.startsWith("net."));
  expect(weights.map(({ name, dims }) => [name, dims])).toEqual(
    [...parameters].map(([name, { shape }]) => [name, shape]),
  );
  expect(graph.node.every(({ domain }) => domain === undefined)).toBe(true);
  expect(graph.name).toBe(architecture.name);
  const [input, output] = [...graph.input, ...graph.output].map(({ name, type }) => [
    name,
    ...type.tensorType.shape.dim.map(({ dimValue, dimParam }) => dimParam ?? dimValue),
  ]);
  expect(input).toEqual(["input", "N", 1, 224, 224]);
  expect(output).toEqual(["logits", "N", classCount(architecture)]);
});

test("refuses parameters that are missing or wrongly shaped", () => {
  const parameters = new Map(heParameters(smallArchitecture, 1));
  const bias = { shape: [4], data: new Float32Array(4) };
  expect(() => exportOnnx(smallArchitecture, new Map(parameters).set("net.4.bias", bias))).toThrow(
    new ParameterError("net.4.bias", "shape [3]", "[4]"),
  );
  parameters.delete("net.0.2.bias");
  expect(() => exportOnnx(smallArchitecture, parameters)).toThrow(
    new ParameterError("net.0.2.bias", "shape [2]", "nothing"),
  );
});
