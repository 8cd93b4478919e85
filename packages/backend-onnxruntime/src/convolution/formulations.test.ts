import { createReferenceBackend } from "@nin/backend-reference";
import { type Architecture, type Conv2d, classCount, type NamedTensors, type Size2d } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { fromGraphLayout, toGraphLayout } from "../layouts/parameter-layout.js";
import { weightedTargets } from "../runtime/batch-feeds.js";
import { architectureOf } from "../testing/architectures.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { convolutionChain, type Forced } from "../testing/forced-formulation.js";
import { randomLabels, randomTensor } from "../testing/random-tensors.js";
import { runGraph } from "../testing/run-graph.js";

/** One convolution's shape. */
interface Case {
  readonly channels: number;
  readonly outChannels: number;
  readonly size: Size2d;
  readonly kernelSize: Size2d;
  readonly stride?: Size2d;
  readonly padding?: Size2d;
  readonly images?: number;
}

const winograd = (tile: Size2d): Forced => ({ winograd: tile });
const realPoints = (tile: Size2d): Forced => ({ winograd: tile, points: "real" });

const SQUARE: Case = { channels: 3, outChannels: 5, size: [7, 6], kernelSize: [3, 3], padding: [1, 1] };

/** Formulation, what is special about the case, the case. */
const CASES: readonly (readonly [Forced, string, Case])[] = [
  ["pointwise", "odd extents", { ...SQUARE, kernelSize: [1, 1], padding: [0, 0] }],
  [
    "pointwise",
    "one image, one pixel",
    { channels: 7, outChannels: 2, size: [1, 1], kernelSize: [1, 1], images: 1 },
  ],
  [
    "pointwise",
    "enough rows for two threads",
    { channels: 2, outChannels: 3, size: [40, 25], kernelSize: [1, 1], images: 4 },
  ],
  [
    "pointwise",
    "an odd number of many rows",
    { channels: 2, outChannels: 3, size: [81, 55], kernelSize: [1, 1], images: 1 },
  ],
  ["im2col", "3x3", SQUARE],
  ["im2col", "1x1", { ...SQUARE, kernelSize: [1, 1], padding: [0, 0] }],
  ["im2col", "one image", { ...SQUARE, images: 1 }],
  ["im2col", "no padding, a wide kernel", { ...SQUARE, kernelSize: [2, 5], padding: [0, 0] }],
  ["im2col", "the kernel as large as the image", { ...SQUARE, kernelSize: [7, 6], padding: [0, 0] }],
  ["im2col", "more padding than the kernel reaches", { ...SQUARE, kernelSize: [2, 1], padding: [3, 2] }],
  ["im2col", "stride 2", { ...SQUARE, stride: [2, 2] }],
  ["im2col", "a stride along one axis", { ...SQUARE, kernelSize: [2, 3], stride: [1, 2] }],
  [
    "im2col",
    "a stride larger than the kernel",
    { ...SQUARE, kernelSize: [2, 2], stride: [3, 4], padding: [0, 1] },
  ],
  [
    "im2col",
    "a stride that leaves a rest",
    { ...SQUARE, size: [11, 10], kernelSize: [5, 4], stride: [4, 3], padding: [0, 2] },
  ],
  ["im2col", "rows that no window reaches", { ...SQUARE, size: [10, 10], stride: [5, 5], padding: [0, 0] }],
  [winograd([2, 2]), "F(2x2, 3x3), a rest", SQUARE],
  [winograd([4, 4]), "F(4x4, 3x3), a rest", SQUARE],
  [winograd([4, 4]), "F(4x4, 3x3), whole tiles", { ...SQUARE, size: [8, 4] }],
  [
    winograd([4, 4]),
    "F(4x4, 3x3), one image, an output of one pixel",
    { ...SQUARE, size: [3, 3], padding: [0, 0], images: 1 },
  ],
  [realPoints([2, 2]), "F(2x2, 3x3) of real points, a rest", SQUARE],
  [
    realPoints([4, 4]),
    "F(4x4, 5x5) of real points",
    { ...SQUARE, size: [9, 13], kernelSize: [5, 5], padding: [2, 2] },
  ],
  [
    realPoints([2, 4]),
    "F(2x4, 3x5) of real points",
    { ...SQUARE, size: [5, 9], kernelSize: [3, 5], padding: [0, 1] },
  ],
  [winograd([2, 2]), "F(2x2, 5x5)", { ...SQUARE, kernelSize: [5, 5], padding: [2, 2] }],
  [winograd([4, 4]), "F(4x4, 5x5)", { ...SQUARE, size: [9, 13], kernelSize: [5, 5], padding: [2, 2] }],
  [
    winograd([4, 4]),
    "F(4x4, 5x5), no padding",
    { ...SQUARE, size: [9, 13], kernelSize: [5, 5], padding: [0, 0] },
  ],
  [winograd([2, 4]), "F(2x4, 3x5)", { ...SQUARE, size: [5, 9], kernelSize: [3, 5], padding: [0, 1] }],
  [
    winograd([4, 2]),
    "F(4x2, 5x3), more padding than the kernel reaches",
    { ...SQUARE, kernelSize: [5, 3], padding: [6, 4] },
  ],
  [
    winograd([7, 7]),
    "F(7x7, 5x5), whole tiles",
    { ...SQUARE, size: [14, 7], kernelSize: [5, 5], padding: [2, 2] },
  ],
  [winograd([6, 9]), "F(6x9, 3x3), a rest", SQUARE],
  [winograd([5, 3]), "F(5x3, 4x2), an even kernel", { ...SQUARE, kernelSize: [4, 2], padding: [1, 0] }],
  [winograd([2, 6]), "F(2x6, 1x3), one axis", { ...SQUARE, kernelSize: [1, 3], padding: [0, 1] }],
  [winograd([12, 12]), "one tile larger than the image", SQUARE],
  [winograd([4, 4]), "many channels", { ...SQUARE, channels: 24, outChannels: 17 }],
];

const LABEL = (forced: Forced): string => (typeof forced === "string" ? forced : "winograd");

/** The case's convolution behind a 1x1 one, and without it: the input's layouts differ. */
function chains(forced: Forced, shape: Case) {
  const { channels, outChannels, size, kernelSize, stride = [1, 1], padding = [0, 0] } = shape;
  const tested = { kind: "conv2d", outChannels, kernelSize, stride, padding, bias: false } as const;
  const before: Conv2d = {
    kind: "conv2d",
    outChannels: channels,
    kernelSize: [1, 1],
    stride: [1, 1],
    padding: [0, 0],
    bias: false,
  };
  const direct = [{ layer: tested, forced }];
  const behind = [{ layer: before, forced: "pointwise" as const }, ...direct];
  return [direct, behind].map((convolutions) => ({
    convolutions,
    architecture: architectureOf(
      [channels, ...size],
      [...convolutions.map(({ layer }) => layer), { kind: "flatten" }],
    ),
  }));
}

function randomParameters(like: NamedTensors): NamedTensors {
  return new Map([...like].map(([name, { shape }], index) => [name, randomTensor(shape, index + 1)]));
}

async function referenceResults(architecture: Architecture, images: number) {
  const model = await createReferenceBackend().compile(architecture);
  const parameters = randomParameters(await model.readParameters());
  await model.writeParameters(parameters);
  const { channels, height, width } = architecture.input;
  const input = randomTensor([images, channels, height, width], 99);
  const labels = randomLabels(images, classCount(architecture), 7);
  const { loss, gradients } = await model.gradients({ input, labels });
  return { parameters, input, labels, logits: await model.predict({ input }), loss, gradients };
}

describe.each([
  ["with fused products", { fusedMatMul: true }],
  ["without", { fusedMatMul: false }],
])("%s", (_dialectName, dialect) => {
  test.each(CASES.map(([forced, what, shape]) => [LABEL(forced), what, forced, shape] as const))(
    "%s: %s",
    async (_name, _what, forced, shape) => {
      const { images = 3 } = shape;
      for (const { architecture, convolutions } of chains(forced, shape)) {
        const expected = await referenceResults(architecture, images);
        const classes = classCount(architecture);
        const graph = convolutionChain(architecture, convolutions, images, dialect);
        const results = await runGraph(graph, {
          ...Object.fromEntries(
            [...expected.parameters].map(([name, tensor]) => [name, toGraphLayout(tensor)]),
          ),
          input: toGraphLayoutInput(expected.input),
          targets: {
            shape: [images, classes],
            data: weightedTargets(expected.labels, images, classes, images),
          },
        });
        expectTensor(results.get("logits"), expected.logits, "logits");
        expect(results.get("loss")?.data[0]).toBeCloseTo(expected.loss, 4);
        for (const [name, gradient] of expected.gradients) {
          const actual = results.get(`gradient.${name}`);
          expectTensor(actual && fromGraphLayout(actual), gradient, `gradient of ${name}`);
        }
      }
    },
  );
});

function toGraphLayoutInput({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}) {
  return { shape, data: Float32Array.from(data) };
}
