import type { Model } from "@nin/backend";
import { type Architecture, builtinArchitecture, inferLayers, namedParameters, type Tensor } from "@nin/spec";
import { check, checkNumber } from "../../check/check.js";
import { checkShape } from "../../check/tensors.js";
import { type NamedStatistics, NIN_BASE_LEARNING_RATE, type NinBaseRun } from "./fixture.js";
import { hashParameters } from "./hash-parameters.js";

/** What is allowed. Units: of a tensor's scale. */
export interface NinBaseAllowance {
  readonly forward: number;
  /** Of the last two blocks. */
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

/** With its blocks written out: an output for each convolution and ReLU. */
export const expandedNinBase: Architecture = {
  ...ninBase,
  layers: inferLayers(ninBase).map(({ layer }) => layer),
};

/** With a dropout that keeps everything: the fixture's step is made without one. */
export const ninBaseWithoutDropout: Architecture = {
  ...ninBase,
  layers: ninBase.layers.map((layer) => (layer.kind === "dropout" ? { ...layer, rate: 0 } : layer)),
};

/** Fails unless scores are the fixture's. The model is of `ninBase`. */
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
    const error = Math.abs((scores.data[index] ?? Number.NaN) - expected) / largest;
    check(
      error <= forward,
      `score ${index}: expected ${expected}, got ${scores.data[index]}; ${error.toExponential(2)} of the largest, allowed ${forward}`,
    );
  });
}

/** Fails unless every layer's output is the fixture's. The model is of `expandedNinBase`. */
export async function checkOutputs(
  model: Model,
  { images, run }: NinBaseCase,
  { forward }: NinBaseAllowance,
): Promise<void> {
  await model.writeParameters(hashParameters(expandedNinBase, run.seed));
  const outputs = [...(await model.activations({ images }))].filter(
    (_, position) => expandedNinBase.layers[position]?.kind !== "conv2d",
  );
  checkAllStatistics(outputs, run.outputs, () => forward);
}

/** Fails unless loss and gradients are the fixture's. The model is of `ninBase`. */
export async function checkNinBaseGradients(
  model: Model,
  { images, run }: NinBaseCase,
  { forward, earlyGradients, lateGradients }: NinBaseAllowance,
): Promise<void> {
  await model.writeParameters(hashParameters(ninBase, run.seed));
  const { loss, gradients } = await model.gradients({ images, labels: run.labels });
  checkNumber(loss, run.loss, "loss", forward);
  const inOrder = namedParameters(ninBase).flatMap(({ name }): readonly (readonly [string, Tensor])[] => {
    const gradient = gradients.get(name);
    return gradient === undefined ? [] : [[name, gradient]];
  });
  const convolutionOf = (index: number): number => Math.floor(index / 2);
  checkAllStatistics(inOrder, run.gradients, (index) =>
    convolutionOf(index) < EARLY_CONVOLUTIONS ? earlyGradients : lateGradients,
  );
}

/** Fails unless a step's loss, and the loss after it, are the fixture's. The model is of `ninBaseWithoutDropout`. */
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

/** Fails unless a tensor has the fixture's statistics, each to `tolerance` of its own scale. */
export function checkStatistics(
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
    within(`element ${position}`, data[position] ?? Number.NaN, expected.values[k] ?? Number.NaN, largest);
  });
}

/** Fails unless each tensor, in order, has the fixture's statistics. */
export function checkAllStatistics(
  actual: readonly (readonly [string, Tensor])[],
  expected: readonly NamedStatistics[],
  toleranceOf: (index: number) => number,
): void {
  checkNumber(actual.length, expected.length, "number of tensors", 0);
  expected.forEach((statistics, index) => {
    const [name, tensor] = actual[index] ?? ["nothing", undefined];
    checkStatistics(tensor, statistics, name, toleranceOf(index));
  });
}
