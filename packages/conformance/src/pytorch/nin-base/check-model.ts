import type { Model } from "@nin/backend";
import {
  type Architecture,
  at,
  builtinArchitecture,
  inferLayers,
  namedParameters,
  type Tensor,
} from "@nin/spec";
import { check, checkCount, checkNumber } from "../../check/check.js";
import { checkShape } from "../../check/tensors.js";
import { type NamedStatistics, NIN_BASE_LEARNING_RATE, type NinBaseRun } from "./fixture.js";
import { hashParameters } from "./hash-parameters.js";

/** How far results may be from the fixture's. Units: relative to the scale of a tensor. */
export interface NinBaseAllowance {
  readonly forward: number;
  /** The allowance of gradients of the last two blocks. */
  readonly lateGradients: number;
  readonly earlyGradients: number;
}

/** The fixture's images and their results. */
export interface NinBaseCase {
  readonly images: Uint8Array;
  readonly run: NinBaseRun;
}

const EARLY_CONVOLUTIONS = 6;

/** The tutorial's network. */
export const ninBase: Architecture = builtinArchitecture("nin");

/** The network with its blocks expanded: it has an output for each convolution and ReLU. */
export const expandedNinBase: Architecture = {
  ...ninBase,
  layers: inferLayers(ninBase).map(({ layer }) => layer),
};

/** The network with a dropout that keeps every unit: the fixture's step has none. */
export const ninBaseWithoutDropout: Architecture = {
  ...ninBase,
  layers: ninBase.layers.map((layer) => (layer.kind === "dropout" ? { ...layer, rate: 0 } : layer)),
};

/** Fails unless the scores of a model of `ninBase` are the fixture's. */
export async function checkScores(
  model: Model,
  { images, run }: NinBaseCase,
  { forward }: NinBaseAllowance,
): Promise<void> {
  await model.writeParameters(hashParameters(ninBase, run.seed));
  const scores = await model.predict({ images });
  const largest = Math.max(...run.logits.map(Math.abs));
  checkShape(scores, [run.labels.length, run.logits.length / run.labels.length], "scores");
  run.logits.forEach((expected, index) => {
    const score = at(scores.data, index);
    const error = Math.abs(score - expected) / largest;
    check(
      error <= forward,
      `score ${index}: expected ${expected}, got ${score}; ${error.toExponential(2)} of the largest, allowed ${forward}`,
    );
  });
}

/** Fails unless the output of every layer of a model of `expandedNinBase` is the fixture's. */
export async function checkOutputs(
  model: Model,
  { images, run }: NinBaseCase,
  { forward }: NinBaseAllowance,
): Promise<void> {
  await model.writeParameters(hashParameters(expandedNinBase, run.seed));
  const activations = await model.activations({ images });
  const outputs = expandedNinBase.layers.flatMap(({ kind }, index) =>
    kind === "conv2d" ? [] : [namedTensor(activations, `net.${index}`)],
  );
  checkAllStatistics(outputs, run.outputs, () => forward);
}

/** Fails unless the loss and gradients of a model of `ninBase` are the fixture's. */
export async function checkNinBaseGradients(
  model: Model,
  { images, run }: NinBaseCase,
  { forward, earlyGradients, lateGradients }: NinBaseAllowance,
): Promise<void> {
  await model.writeParameters(hashParameters(ninBase, run.seed));
  const { loss, gradients } = await model.gradients({ images, labels: run.labels });
  checkNumber(loss, run.loss, "loss", forward);
  const inOrder = namedParameters(ninBase).map(({ name }) => namedTensor(gradients, name));
  const convolutionOf = (index: number): number => Math.floor(index / 2);
  checkAllStatistics(inOrder, run.gradients, (index) =>
    convolutionOf(index) < EARLY_CONVOLUTIONS ? earlyGradients : lateGradients,
  );
}

/** A tensor with its name; undefined where the backend does not have it. */
type NamedTensor = readonly [name: string, tensor: Tensor | undefined];

function namedTensor(tensors: ReadonlyMap<string, Tensor>, name: string): NamedTensor {
  return [name, tensors.get(name)];
}

/** Fails unless the loss of a step of a model of `ninBaseWithoutDropout`, and the loss after it, are the fixture's. */
export async function checkStep(
  model: Model,
  { images, run }: NinBaseCase,
  { forward }: NinBaseAllowance,
): Promise<void> {
  const batch = { images, labels: run.labels };
  const learningRate = NIN_BASE_LEARNING_RATE;
  await model.writeParameters(hashParameters(ninBaseWithoutDropout, run.seed));
  {
    const optimizer = { kind: "sgd", learningRate, momentum: 0, weightDecay: 0 } as const;
    await using session = await model.train({ optimizer, seed: 0 });
    await session.step(batch, { learningRate });
    const { losses } = await session.metrics();
    checkNumber(losses[0], run.loss, "loss of the step", forward);
  }
  const { loss } = await model.gradients(batch);
  checkNumber(loss, run.lossAfterStep, "loss after the step", forward);
}

/** Fails unless a tensor has the fixture's statistics, each within `tolerance` of its own scale. */
function checkStatistics(
  actual: Tensor | undefined,
  expected: NamedStatistics,
  what: string,
  tolerance: number,
): void {
  const named = `${what} (${expected.name})`;
  checkShape(actual, expected.shape, named);
  const data = Float64Array.from(actual.data);
  const total = (each: (value: number) => number): number => data.reduce((sum, x) => sum + each(x), 0);
  const largest = Math.max(Math.abs(expected.max), Math.abs(expected.min));
  const within = (name: string, value: number, wanted: number, scale: number): void => {
    const error = Math.abs(value - wanted);
    const relative = error === 0 ? 0 : error / scale;
    check(
      relative <= tolerance,
      `${named}: ${name} ${value} instead of ${wanted}; relative error ${relative.toExponential(2)}, allowed ${tolerance}`,
    );
  };
  within(
    "sum",
    total((x) => x),
    expected.sum,
    expected.l1,
  );
  within("l1", total(Math.abs), expected.l1, expected.l1);
  within("l2", Math.sqrt(total((x) => x * x)), expected.l2, expected.l2);
  within(
    "max",
    data.reduce((a, b) => Math.max(a, b)),
    expected.max,
    largest,
  );
  within(
    "min",
    data.reduce((a, b) => Math.min(a, b)),
    expected.min,
    largest,
  );
  expected.positions.forEach((position, k) => {
    within(`element ${position}`, at(data, position), at(expected.values, k), largest);
  });
}

/** Fails unless each tensor, in this order, has the fixture's statistics. */
export function checkAllStatistics(
  actual: readonly NamedTensor[],
  expected: readonly NamedStatistics[],
  toleranceOf: (index: number) => number,
): void {
  checkCount(actual, expected.length, "number of tensors");
  expected.forEach((statistics, index) => {
    const [name, tensor] = at(actual, index);
    checkStatistics(tensor, statistics, name, toleranceOf(index));
  });
}
