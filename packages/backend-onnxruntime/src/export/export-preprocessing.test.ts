import { exportOnnx } from "@nin/backend-onnxruntime/export";
import { createReferenceBackend } from "@nin/backend-reference";
import { resizeImages } from "@nin/data";
import {
  type Architecture,
  at,
  builtinArchitecture,
  type InputSpec,
  modelMetadata,
  type Preprocessing,
  present,
  type Tensor,
} from "@nin/spec";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/graph-builder.js";
import { disableTelemetry } from "../node/telemetry.js";
import { architectureOf } from "../testing/architectures.js";
import { decodeModel } from "../testing/decode-model.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { heParameters } from "../testing/random-case.js";
import { exportPreprocessing } from "./export-preprocessing.js";

/** The same bytes every time, with edges as sharp as they come. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (Math.imul(index + 1, 0x9e3779b1) >>> 13) & 255);
}

const network = (input: InputSpec): Architecture =>
  architectureOf(
    [input.channels, input.height, input.width],
    [
      { kind: "conv2d", outChannels: 4, kernelSize: 3 },
      { kind: "relu" },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ],
  );

function described(image: InputSpec, preprocessing: Preprocessing) {
  return { classNames: ["a", "b", "c"], preprocessing, image, version: "1.2.3" };
}

async function runExported(model: Uint8Array, bytes: Uint8Array, shape: readonly number[]): Promise<Tensor> {
  await disableTelemetry();
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { probabilities } = await session.run({ images: new OrtTensor("uint8", bytes, shape) });
  await session.release();
  if (!(probabilities?.data instanceof Float32Array)) throw new Error("no float32 probabilities");
  return { shape: probabilities.dims, data: probabilities.data };
}

function softmax({ shape, data }: Tensor): Tensor {
  const width = at(shape, 1);
  const rows = Array.from({ length: at(shape, 0) }, (_, row) => {
    const exps = [...data.subarray(row * width, (row + 1) * width)].map(Math.exp);
    const sum = exps.reduce((total, value) => total + value, 0);
    return exps.map((value) => value / sum);
  });
  return { shape, data: Float64Array.from(rows.flat()) };
}

/** Our own probabilities of images that have the description's size. */
async function ownProbabilities(
  architecture: Architecture,
  image: InputSpec,
  preprocessing: Preprocessing,
  images: Uint8Array,
): Promise<Tensor> {
  const imageFormat = { ...image, preprocessing };
  await using model = await createReferenceBackend().compile(architecture, { imageFormat });
  await model.writeParameters(heParameters(architecture, 1));
  return softmax(await model.predict({ images }));
}

describe("a model with its preprocessing", () => {
  test.each<[string, InputSpec, InputSpec, Preprocessing]>([
    [
      "of the network's size",
      { channels: 1, height: 9, width: 7 },
      { channels: 1, height: 9, width: 7 },
      { mean: 0, std: 1 },
    ],
    [
      "enlarged",
      { channels: 1, height: 5, width: 4 },
      { channels: 1, height: 9, width: 7 },
      { mean: 0.3, std: 0.2 },
    ],
    [
      "in colour, with numbers for each channel",
      { channels: 3, height: 6, width: 11 },
      { channels: 3, height: 12, width: 13 },
      { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
    ],
    [
      "grey for a network of colours",
      { channels: 1, height: 8, width: 8 },
      { channels: 3, height: 8, width: 9 },
      { mean: [0.1, 0.2, 0.3], std: 0.7 },
    ],
  ])("gives the probabilities of images %s", async (_, image, input, preprocessing) => {
    const architecture = network(input);
    const options = { description: described(image, preprocessing), withPreprocessing: true } as const;
    const model = exportOnnx(architecture, heParameters(architecture, 1), options);
    for (const count of [1, 3]) {
      const shape = [count, image.channels, image.height, image.width];
      const images = noise(shape.reduce((product, extent) => product * extent, 1));
      const expected = await ownProbabilities(architecture, image, preprocessing, images);
      expectTensor(await runExported(model, images, shape), expected, "probabilities");
    }
  });
});

describe("images of another size are stretched as ours are", () => {
  test.each([
    [5, 4, 0],
    // ONNX Runtime's antialiased Resize rounds coefficients otherwise at some sizes: a few bytes differ by one.
    [8, 8, 1],
    [20, 30, 1],
    [7, 50, 1],
    [100, 3, 1],
    [300, 301, 1],
  ])("from %d x %d, to within %d of 255", async (height, width, most) => {
    const graph = new GraphBuilder({ fusedMatMul: false });
    const images = graph.input("images", "uint8", ["N", 3, "H", "W"]);
    const format = { channels: 3, height: 8, width: 9, preprocessing: { mean: 0, std: 1 / 255 } };
    const input = { channels: 3, height: 16, width: 15 };
    graph.output(exportPreprocessing(graph, images, format, input), "y");
    const session = await InferenceSession.create(graph.toModel("preprocessing"), { intraOpNumThreads: 1 });
    const bytes = noise(2 * 3 * height * width);
    const { y } = await session.run({ images: new OrtTensor("uint8", bytes, [2, 3, height, width]) });
    await session.release();
    const ours = resizeImages(resizeImages(bytes, { height, width }, format), format, input);
    const found = Float32Array.from(present(y).data as Float32Array);
    const differences = Array.from(ours, (byte, index) => Math.abs(byte - Math.round(at(found, index))));
    expect(y?.dims).toEqual([2, 3, 16, 15]);
    expect(Math.max(...differences)).toBeLessThanOrEqual(most);
    expect(differences.filter((difference) => difference > 0).length).toBeLessThan(ours.length / 50);
  });
});

test("a description becomes metadata and the producer's version", () => {
  const architecture = builtinArchitecture("nin-mnist?classes=3");
  const description = described(architecture.input, { mean: 0.25, std: 0.5 });
  for (const withPreprocessing of [true, false] as const) {
    const bytes = exportOnnx(architecture, heParameters(architecture, 1), { description, withPreprocessing });
    const model = decodeModel(bytes);
    const metadata = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata).toEqual(modelMetadata({ architecture, ...description }));
    expect([model.producerVersion, model.opsetImport]).toEqual(["1.2.3", [{ version: 18 }]]);
    const named = [...model.graph.input, ...model.graph.output].map(({ name, type }) => [
      name,
      type.tensorType.elemType,
      ...type.tensorType.shape.dim.map(({ dimValue, dimParam }) => dimParam ?? dimValue),
    ]);
    expect(named).toEqual(
      withPreprocessing
        ? [
            ["images", 2, "N", 1, "H", "W"],
            ["probabilities", 1, "N", 3],
          ]
        : [
            ["input", 1, "N", 1, 28, 28],
            ["logits", 1, "N", 3],
          ],
    );
  }
});

test("a description that does not suit the network is refused", () => {
  const architecture = builtinArchitecture("nin-mnist");
  const description = described(architecture.input, { mean: 0, std: 1 });
  expect(() => exportOnnx(architecture, heParameters(architecture, 1), { description })).toThrow(
    "nin.classes: expected 10 names, one for each score, got 3",
  );
});
