import type { CompileOptions, Dataset, Model, TrainingBatch } from "@nin/backend";
import { batchesPerEpoch, epochBatches } from "@nin/data";
import {
  type Architecture,
  at,
  gatherBytes,
  initialParameters,
  learningRateAt,
  type NamedTensors,
  resolvedPreprocessing,
  type Tensor,
} from "@nin/spec";
import { checkCount, checkNumber } from "../check/check.js";
import type { GradientAllowance } from "../check/network.js";
import { checkNames, checkShape } from "../check/tensors.js";
import type { NetworkAllowance, RunAllowance } from "./allowances.js";
import type { FixtureRun, PyTorchFixture } from "./fixture.js";
import { syntheticBatch, syntheticImages, syntheticParameters } from "./synthetic-data.js";
import { checkTensorDigest, checkTensorDigests, type TensorDigest } from "./tensor-digest.js";

/** Fails unless every layer's output, and the scores, are the fixture's. Writes the fixture's weights. */
export async function checkForward(
  model: Model,
  fixture: PyTorchFixture,
  { activations }: Pick<NetworkAllowance, "activations">,
): Promise<void> {
  const { architecture, data } = fixture;
  const { input } = syntheticBatch(architecture, data);
  await model.writeParameters(syntheticParameters(architecture, data));
  checkTensorDigests(await model.activations({ input }), fixture.activations, "activation", activations);
  const [name, scores] = lastActivation(fixture);
  checkTensorDigest(await model.predict({ input }), scores, "scores", activations(name));
}

/** Fails unless the loss and every gradient are the fixture's. Writes the fixture's weights. */
export async function checkGradients(
  model: Model,
  fixture: PyTorchFixture,
  allowed: GradientAllowance,
): Promise<void> {
  const { architecture, data } = fixture;
  await model.writeParameters(syntheticParameters(architecture, data));
  const { loss, gradients } = await model.gradients(syntheticBatch(architecture, data));
  checkNumber(loss, fixture.loss, "loss", allowed.loss);
  checkTensorDigests(gradients, fixture.gradients, "gradient", allowed.gradients);
}

function lastActivation({ activations }: PyTorchFixture): readonly [string, TensorDigest] {
  return at([...activations], -1);
}

/** How a model is compiled for a run: for all of its images in one batch. */
export function runCompileOptions(
  { input }: Architecture,
  { recipe, count }: FixtureRun,
): Pick<CompileOptions, "maxBatch" | "imageFormat"> {
  const { height, width } = input;
  return {
    maxBatch: count,
    imageFormat: { channels: 1, height, width, preprocessing: resolvedPreprocessing(recipe.preprocessing) },
  };
}

/** The results of a run. */
export interface FinishedRun {
  /** The loss of each step, before its update. */
  readonly losses: readonly number[];
  /** Scores of all images after the last step. */
  readonly logits: Tensor;
  /** `w_K - w_0` of each parameter. */
  readonly updates: NamedTensors;
}

/** Fails unless each step's loss, the scores after the last one and each parameter's update are the fixture's. */
export async function checkRun(
  model: Model,
  architecture: Architecture,
  run: FixtureRun,
  allowed: RunAllowance,
): Promise<void> {
  const { losses, logits, updates } = await finishedRun(model, architecture, run);
  checkCount(losses, run.steps, `losses of ${run.steps} steps`);
  run.losses.forEach((expected, step) => {
    checkNumber(at(losses, step), expected, `loss of step ${step}`, allowed.losses(step));
  });
  checkTensorDigest(logits, run.logits, `scores after ${run.steps} steps`, allowed.logits);
  checkTensorDigests(updates, run.updates, "update of", allowed.updates);
}

/**
 * Trains as a fixture's run does, from the recipe's initial weights or what `startOf` makes of them; updates are
 * measured from there.
 */
export async function finishedRun(
  model: Model,
  architecture: Architecture,
  run: FixtureRun,
  startOf: (initial: NamedTensors) => NamedTensors = (initial) => initial,
): Promise<FinishedRun> {
  const dataset = syntheticImages(architecture, run.count, run.recipe.seed);
  const initial = initialParameters(architecture, run.recipe.init, run.recipe.seed);
  const start = startOf(initial);
  await model.writeParameters(start);
  const { losses, parameters } = await train(model, run, dataset);
  const logits = await model.predict({ images: dataset.images });
  return { losses, logits, updates: differences(parameters, start) };
}

async function train(
  model: Model,
  { recipe, steps, batches }: FixtureRun,
  dataset: Dataset,
): Promise<{ readonly losses: readonly number[]; readonly parameters: NamedTensors }> {
  const { optimizer, seed, batchSize, epochs } = recipe;
  const count = dataset.labels.length;
  const totalSteps = batchesPerEpoch(count, batchSize) * epochs;
  const onDevice = batches === "indices" ? { dataset } : {};
  await using session = await model.train({ optimizer, seed, ...onDevice });
  let step = 0;
  for (let epoch = 0; step < steps; epoch += 1) {
    for (const indices of epochBatches({ count, batchSize, seed, epoch })) {
      if (step === steps) break;
      const batch = batches === "indices" ? { indices } : gather(dataset, indices);
      await session.step(batch, { learningRate: Math.fround(learningRateAt(recipe, step, totalSteps)) });
      step += 1;
    }
  }
  const { losses } = await session.metrics();
  return { losses, parameters: (await session.readState()).parameters };
}

function gather({ images, labels }: Dataset, indices: Uint32Array): TrainingBatch {
  const imageBytes = images.length / labels.length;
  const chosen = gatherBytes(images, imageBytes, indices);
  return { images: chosen, labels: Uint8Array.from(indices, (index) => at(labels, index)) };
}

/** `after - before`, in float64: an update is small compared with its weight. */
function differences(after: NamedTensors, before: NamedTensors): NamedTensors {
  checkNames(after, before, "parameters of the state");
  return new Map(
    [...before].map(([name, { shape, data }]): [string, Tensor] => {
      const tensor = after.get(name);
      checkShape(tensor, shape, `${name} of the state`);
      return [name, { shape, data: Float64Array.from(tensor.data, (value, i) => value - at(data, i)) }];
    }),
  );
}
