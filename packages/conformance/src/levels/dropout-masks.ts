import { at, elementCount, PURPOSE, philox, philoxKey, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import type { Tolerances } from "../case/tolerances.js";
import { check, checkEqual } from "../check/check.js";
import { checkShape, checkTensor } from "../check/tensors.js";
import { architectureOf, type ImageShape } from "../networks/inputs.js";
import { PLAIN_SGD } from "../networks/small.js";

/** One or more dropout layers, whose masks are read off the update of one step. */
interface MaskCase {
  readonly name: string;
  readonly input: ImageShape;
  /** Layers before the flatten that do nothing but drop units. */
  readonly layers: readonly object[];
  readonly batch: number;
  readonly seed: number;
  readonly firstStep?: number;
  /** Steps at learning rate 0 before the one whose update is read. */
  readonly stepsBefore?: number;
  readonly quick?: boolean;
}

const half = { kind: "dropout", rate: 0.5 };
const identity = { kind: "avgPool2d", kernelSize: 1, stride: 1 };

const CASES: readonly MaskCase[] = [
  { name: "half", input: [3, 5, 4], layers: [half], batch: 4, seed: 1, quick: true },
  { name: "tenth", input: [3, 5, 4], layers: [{ kind: "dropout", rate: 0.1 }], batch: 4, seed: 2 },
  {
    name: "nine-tenths",
    input: [7, 3, 5],
    layers: [{ kind: "dropout", rate: 0.9 }],
    batch: 8,
    seed: 3,
    quick: true,
  },
  { name: "nothing-dropped", input: [2, 3, 3], layers: [{ kind: "dropout", rate: 0 }], batch: 2, seed: 4 },
  // An image has 15 units, so that only the first one starts at a multiple of 8.
  { name: "odd-image", input: [5, 3, 1], layers: [half], batch: 8, seed: 5, quick: true },
  { name: "batch-of-one", input: [3, 3, 3], layers: [half], batch: 1, seed: 6 },
  { name: "features", input: [3, 3, 3], layers: [{ kind: "flatten" }, half], batch: 4, seed: 7, quick: true },
  {
    name: "later-position",
    input: [3, 4, 3],
    layers: [identity, { kind: "relu" }, half],
    batch: 4,
    seed: 8,
    quick: true,
  },
  { name: "two-masks", input: [3, 5, 5], layers: [half, identity, half], batch: 4, seed: 9, quick: true },
  { name: "second-step", input: [3, 4, 4], layers: [half], batch: 4, seed: 10, stepsBefore: 1, quick: true },
  {
    name: "resumed-at-step",
    input: [3, 4, 4],
    layers: [half],
    batch: 4,
    seed: 11,
    firstStep: 1234,
    stepsBefore: 2,
  },
  {
    name: "large-seed",
    input: [3, 4, 4],
    layers: [half],
    batch: 4,
    seed: 2 ** 52 + 2 ** 33 + 7,
    quick: true,
  },
  { name: "late-step", input: [3, 4, 4], layers: [half], batch: 4, seed: 13, firstStep: 70_000, quick: true },
  // The bits of unit 258 equal the threshold.
  { name: "at-the-threshold", input: [5, 4, 4], layers: [half], batch: 8, seed: 62, quick: true },
  // The threshold is 6553.6, rounded; the bits of unit 466 are 6553.
  {
    name: "threshold-rounded",
    input: [5, 4, 4],
    layers: [{ kind: "dropout", rate: 0.1 }],
    batch: 8,
    seed: 102,
    quick: true,
  },
  // Only the last images are read: a backend may run a batch in parts.
  { name: "large-batch", input: [3, 5, 5], layers: [half], batch: 101, seed: 12, quick: true },
];

/** Dropout's masks, bit for bit. */
export function dropoutMasks(): readonly ConformanceCase[] {
  return CASES.map((entry) => {
    const { name, batch, firstStep = 0, stepsBefore = 0, quick = false } = entry;
    return {
      id: caseId("randomness", "masks", name, { batch, step: firstStep + stepsBefore }),
      plan: "the units that a training step drops, read off its update, are those that Philox selects, and the others are scaled",
      source: "design rule: Philox, by seed, layer, step and flat NCHW position in the whole batch",
      quick,
      run: (context) => compareMasks(context, entry),
    };
  });
}

/** The number of images that one float32 sum can distinguish. */
const VISIBLE = 8;

/**
 * With weights of 0 and two classes, the derivative of the loss with respect to the score of the label's class is
 * -1/(2N). Image n is 2^n everywhere, so that the update of a weight is `scale/(2N)` times a binary number whose digits
 * are the masks of one unit.
 */
async function compareMasks(context: CaseContext, entry: MaskCase): Promise<void> {
  const { input, layers, batch, seed, firstStep = 0, stepsBefore = 0 } = entry;
  const head = layers.some((layer) => "kind" in layer && layer.kind === "flatten")
    ? [{ kind: "linear", outFeatures: 2, bias: false }]
    : [{ kind: "flatten" }, { kind: "linear", outFeatures: 2, bias: false }];
  const architecture = architectureOf(input, [...layers, ...head]);
  const model = await context.compile(architecture, { maxBatch: batch });
  const session = await model.train({ optimizer: PLAIN_SGD, seed, firstStep });
  const labelled = { input: powersOfTwo(input, batch), labels: new Uint8Array(batch) };
  for (let step = 0; step < stepsBefore; step += 1) await session.step(labelled, { learningRate: 0 });
  await session.step(labelled, { learningRate: 1 });
  const { parameters } = await session.readState();
  const weight = parameters.get(`net.${architecture.layers.length - 1}.weight`);
  checkShape(weight, [2, elementCount(input)], "weight of the linear layer after the step");
  compareUpdate(weight, entry, firstStep + stepsBefore, context.tolerances);
}

function powersOfTwo(image: ImageShape, batch: number): Tensor {
  const units = elementCount(image);
  const data = new Float32Array(batch * units);
  const first = Math.max(0, batch - VISIBLE);
  for (let n = first; n < batch; n += 1) data.fill(2 ** (n - first), n * units, (n + 1) * units);
  return { shape: [batch, ...image], data };
}

function compareUpdate(
  weight: Tensor,
  { input, layers, batch, seed }: MaskCase,
  step: number,
  { rounding }: Tolerances,
): void {
  const dropouts = layers.flatMap((layer, layerIndex) =>
    "rate" in layer && typeof layer.rate === "number" ? [{ seed, layerIndex, step, rate: layer.rate }] : [],
  );
  const scale = dropouts.reduce((product, { rate }) => product * Math.fround(1 / (1 - rate)), 1);
  const units = elementCount(input);
  const first = Math.max(0, batch - VISIBLE);
  const digits = Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    for (let n = first; n < batch; n += 1) {
      if (dropouts.every((key) => isKept(key, n * units + unit))) sum += 2 ** (n - first);
    }
    return sum;
  });
  const kept = Array.from({ length: units }, (_, unit) =>
    Math.round((at(weight.data, unit) * 2 * batch) / scale),
  );
  check(
    digits.some((value) => value > 0),
    "a case that drops every unit proves nothing",
  );
  checkEqual(kept, digits, "kept units by NCHW position, one binary digit for each image");
  const values = Float64Array.from(digits, (value) => (value * scale) / (2 * batch));
  const update = { shape: [units], data: weight.data.slice(0, units) };
  checkTensor(update, { shape: [units], data: values }, "update of kept units, scaled", rounding);
}

/** What identifies a mask. */
interface MaskKey {
  readonly seed: number;
  /** The index of the dropout layer in `layers`. */
  readonly layerIndex: number;
  readonly step: number;
  readonly rate: number;
}

/**
 * Whether a unit is kept: its 16 bits of Philox are at least `floor(rate*65536 + 0.5)`. Units are counted by flat NCHW
 * position in the whole batch; the low half of a word comes first.
 */
function isKept({ seed, layerIndex, step, rate }: MaskKey, unit: number): boolean {
  const words = new Uint32Array(4);
  philox(philoxKey(seed), Math.floor(unit / 8), layerIndex, step, PURPOSE.dropout, words);
  const half = unit % 8;
  const word = at(words, half >> 1);
  const bits = half % 2 === 0 ? word & 0xffff : word >>> 16;
  return bits >= Math.floor(rate * 65536 + 0.5);
}
