import type { Evaluation, Metrics, TrainingBatch, TrainingState, TrainOptions } from "@nin/backend";
import { epochBatches } from "@nin/data";
import { type Architecture, at, augmentImages, type Optimizer } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkCount, checkEqual, checkNumber, checkRefused } from "../check/check.js";
import { checkCompleteState, checkSameState, checkTensors } from "../check/tensors.js";
import { architectureOf, heParameters, randomBytes, randomLabels } from "../networks/inputs.js";
import { ADAMW, SGD } from "../networks/small.js";

const COUNT = 13;
const BATCH_SIZE = 5;
const EPOCHS = 3;
const AUGMENTATION = { horizontalFlip: 0.5, cropPadding: 2 };

interface Subject {
  readonly name: string;
  readonly channels: number;
  readonly size: { readonly height: number; readonly width: number };
  readonly architecture: Architecture;
  readonly optimizer: Optimizer;
  readonly seed: number;
}

/** Those that a quick run leaves out: what they have alone the quick ones have together. */
const NOT_QUICK = ["colour", "resized"];

function subject(name: string, channels: number, to: number, optimizer: Optimizer, seed: number): Subject {
  const layers = [
    { kind: "ninBlock", outChannels: 4, kernelSize: 3, stride: 2 },
    { kind: "dropout", rate: 0.3 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ];
  const architecture = architectureOf([channels, to, to], layers, name);
  return { name, channels, size: { height: 9, width: 9 }, architecture, optimizer, seed };
}

const grey = subject("grey", 1, 9, SGD, 4);
const SUBJECTS = [
  grey,
  subject("colour", 3, 9, ADAMW, 5),
  subject("resized", 1, 14, ADAMW, 6),
  subject("colour-resized", 3, 7, SGD, 2 ** 33 + 1),
];

/** Trainings whose images are augmented, compared with trainings on images that were augmented before. */
export function augmentedTrainings(): readonly ConformanceCase[] {
  const source = "design rule";
  const quick = true;
  return [
    ...SUBJECTS.map((given) => ({
      id: caseId("preprocessing", "augmented-training", given.name),
      plan: "three augmented epochs with partial batches, on indices into the data set, have the losses and the state of steps on the images of `augmentImages`, bit for bit",
      source,
      quick: !NOT_QUICK.includes(given.name),
      run: (context: CaseContext) => compareTrainings(context, given),
    })),
    {
      id: caseId("preprocessing", "augmented-training", "images-as-they-are"),
      plan: "steps on `images` in a session that augments are those of one that does not, bit for bit",
      source,
      quick,
      run: compareImages,
    },
    {
      id: caseId("preprocessing", "augmented-training", "evaluation"),
      plan: "evaluations, predictions and gradients while a session augments are those without it",
      source,
      quick,
      run: compareEvaluations,
    },
    {
      id: caseId("preprocessing", "augmented-training", "of-nothing"),
      plan: "an augmentation that changes nothing needs no epoch, and changes nothing, bit for bit",
      source,
      quick,
      run: compareWithoutChange,
    },
    {
      id: caseId("errors", "augmentation", "no-epoch"),
      plan: "an augmented step on indices without an epoch is refused with NIN_BATCH, which changes nothing and leaves the session usable",
      source,
      quick,
      run: refuseMissingEpoch,
    },
  ];
}

interface Trained {
  readonly losses: readonly number[];
  readonly evaluation: Evaluation;
  readonly state: TrainingState;
}

/** A batch, and the epoch that it is of. */
type EpochBatch = readonly [batch: TrainingBatch, epoch: number | undefined];

function datasetOf({ channels, size }: Subject) {
  const images = randomBytes(COUNT * channels * size.height * size.width, 9);
  return { images, labels: randomLabels(COUNT, 3, 10) };
}

/** The images at these positions of the data set, with their labels. */
function imagesAt(given: Subject, indices: Uint32Array) {
  const { images, labels } = datasetOf(given);
  const length = images.length / COUNT;
  const chosen = [...indices].flatMap((index) => [...images.subarray(index * length, (index + 1) * length)]);
  return { images: Uint8Array.from(chosen), labels: Uint8Array.from(indices, (index) => at(labels, index)) };
}

/** The batches of all epochs. */
function epochsOf({ seed }: Subject): readonly (readonly [indices: Uint32Array, epoch: number])[] {
  return Array.from({ length: EPOCHS }, (_, epoch) =>
    [...epochBatches({ count: COUNT, batchSize: BATCH_SIZE, seed, epoch })].map(
      (indices) => [indices, epoch] as const,
    ),
  ).flat();
}

async function modelOf(context: CaseContext, { architecture, channels, size }: Subject) {
  const preprocessing = { mean: 0.3, std: 0.5 };
  const model = await context.compile(architecture, {
    maxBatch: BATCH_SIZE,
    imageFormat: { channels, ...size, preprocessing },
  });
  await model.writeParameters(heParameters(architecture, 3));
  return model;
}

async function trained(
  context: CaseContext,
  given: Subject,
  batches: readonly EpochBatch[],
  options: Pick<TrainOptions, "augmentation"> = {},
): Promise<Trained> {
  const { architecture, optimizer, seed } = given;
  const model = await modelOf(context, given);
  const session = await model.train({ optimizer, seed, dataset: datasetOf(given), ...options });
  const evaluated = imagesAt(given, Uint32Array.of(3, 1, 12));
  for (const [batch, epoch] of batches) {
    await session.step(batch, { learningRate: 0.05, ...(epoch === undefined ? {} : { epoch }) });
  }
  await session.evaluate(evaluated);
  const { losses, evaluation }: Metrics = await session.metrics();
  checkCount(losses, batches.length, `losses of ${batches.length} steps`);
  const state = await session.readState();
  checkCompleteState(state, architecture, optimizer, `state after ${batches.length} steps`);
  return { losses, evaluation, state };
}

/** A backend that declares itself not deterministic is held to a tolerance. */
function compareTrained(context: CaseContext, actual: Trained, expected: Trained): void {
  if (context.backend.capabilities?.deterministic ?? true) {
    checkEqual(actual.losses, expected.losses, "losses");
    checkEqual(actual.evaluation, expected.evaluation, "evaluation after the steps");
    checkSameState(actual.state, expected.state, "state after the steps");
    return;
  }
  const { smallCase } = context.tolerances;
  expected.losses.forEach((loss, step) => {
    checkNumber(at(actual.losses, step), loss, `loss of step ${step + 1}`, smallCase);
  });
  checkTensors(actual.state.parameters, expected.state.parameters, "parameters", smallCase);
  checkTensors(actual.state.optimizer, expected.state.optimizer, "optimizer state", smallCase);
}

async function compareTrainings(context: CaseContext, given: Subject): Promise<void> {
  const { channels, size, seed } = given;
  const epochs = epochsOf(given);
  const augmented = epochs.map(([indices, epoch]): EpochBatch => {
    const { images, labels } = imagesAt(given, indices);
    const key = { seed, epoch };
    const moved = augmentImages(images, { channels, ...size }, AUGMENTATION, key, indices);
    return [{ images: moved, labels }, epoch];
  });
  const onIndices = epochs.map(([indices, epoch]): EpochBatch => [{ indices }, epoch]);
  const actual = await trained(context, given, onIndices, { augmentation: AUGMENTATION });
  compareTrained(context, actual, await trained(context, given, augmented));
}

async function compareImages(context: CaseContext): Promise<void> {
  const batches = epochsOf(grey).map(([indices, epoch]): EpochBatch => [imagesAt(grey, indices), epoch]);
  const actual = await trained(context, grey, batches, { augmentation: AUGMENTATION });
  compareTrained(context, actual, await trained(context, grey, batches));
}

async function compareWithoutChange(context: CaseContext): Promise<void> {
  const batches = epochsOf(grey).map(([indices]): EpochBatch => [{ indices }, undefined]);
  const augmentation = { horizontalFlip: 0, cropPadding: 0 };
  const actual = await trained(context, grey, batches, { augmentation });
  compareTrained(context, actual, await trained(context, grey, batches));
}

async function compareEvaluations(context: CaseContext): Promise<void> {
  const { optimizer, seed } = grey;
  const batch = imagesAt(grey, Uint32Array.of(7, 2, 11, 0));
  const results = [];
  for (const augmentation of [AUGMENTATION, undefined]) {
    const model = await modelOf(context, grey);
    const options = augmentation === undefined ? {} : { augmentation };
    const session = await model.train({ optimizer, seed, dataset: datasetOf(grey), ...options });
    await session.evaluate(batch);
    const { evaluation } = await session.metrics();
    const { loss } = await model.gradients(batch);
    results.push({ evaluation, loss, scores: [...(await model.predict(batch)).data] });
  }
  const [augmenting, plain] = [at(results, 0), at(results, 1)];
  check(plain.evaluation.count === 4, `evaluated images: expected 4, got ${plain.evaluation.count}`);
  if (context.backend.capabilities?.deterministic ?? true) {
    const bits = ({ evaluation, scores }: typeof plain) => ({ evaluation, scores });
    checkEqual(bits(augmenting), bits(plain), "evaluation and scores while a session augments");
  }
  checkNumber(
    augmenting.evaluation.lossSum,
    plain.evaluation.lossSum,
    "sum of losses",
    context.tolerances.smallCase,
  );
  checkNumber(augmenting.loss, plain.loss, "loss", context.tolerances.smallCase);
}

async function refuseMissingEpoch(context: CaseContext): Promise<void> {
  const { optimizer, seed } = grey;
  const model = await modelOf(context, grey);
  const session = await model.train({
    optimizer,
    seed,
    dataset: datasetOf(grey),
    augmentation: AUGMENTATION,
  });
  const indices = Uint32Array.of(3, 1);
  await session.step({ indices }, { learningRate: 0.05, epoch: 0 });
  await session.metrics();
  const before = await session.readState();
  for (const [name, options] of [
    ["no epoch", {}],
    ["an epoch of -1", { epoch: -1 }],
    ["an epoch of 0.5", { epoch: 0.5 }],
  ] as const) {
    await checkRefused(session.step({ indices }, { learningRate: 0.05, ...options }), "NIN_BATCH", name);
  }
  checkSameState(await session.readState(), before, "state after the refusals");
  await session.step({ indices }, { learningRate: 0.05, epoch: 1 });
  checkCount((await session.metrics()).losses, 1, "losses of a step after the refusals");
}
