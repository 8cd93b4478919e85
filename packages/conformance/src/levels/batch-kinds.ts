import type { TrainingBatch, TrainingState } from "@nin/backend";
import { resizeImages } from "@nin/data";
import { at } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkCount, checkEqual, checkNumber } from "../check/check.js";
import {
  checkComplete,
  checkCompleteState,
  checkShape,
  checkTensor,
  checkTensors,
} from "../check/tensors.js";
import { architectureOf, heParameters, randomBytes } from "../networks/inputs.js";
import { ADAMW } from "../networks/small.js";

const MEAN = 0.3;
const STD = 0.5;
const COUNT = 4;
const SIZE = { height: 6, width: 6 };
const TARGET = { height: 9, width: 9 };
const format = { channels: 1, ...SIZE, preprocessing: { mean: MEAN, std: STD } };
const architecture = architectureOf(
  [3, TARGET.height, TARGET.width],
  [
    { kind: "ninBlock", outChannels: 4, kernelSize: 3, stride: 2 },
    { kind: "dropout", rate: 0.3 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
  "batch-kinds",
);

/** One batch in each form that a session accepts. */
interface SameBatch {
  readonly dataset: { readonly images: Uint8Array; readonly labels: Uint8Array };
  readonly indices: Uint32Array;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** The images as a host preprocesses them. */
  readonly input: { readonly shape: readonly number[]; readonly data: Float32Array };
}

function sameBatch(): SameBatch {
  const imageBytes = SIZE.height * SIZE.width;
  const dataset = {
    images: inSharedMemory(randomBytes(10 * imageBytes, 5)),
    labels: inSharedMemory(Uint8Array.of(0, 1, 2, 0, 1, 2, 2, 1, 0, 1)),
  };
  const indices = Uint32Array.of(7, 0, 9, 7);
  const images = Uint8Array.from(
    [...indices].flatMap((index) => [
      ...dataset.images.subarray(index * imageBytes, (index + 1) * imageBytes),
    ]),
  );
  const resized = resizeImages(images, SIZE, TARGET);
  const plane = TARGET.height * TARGET.width;
  const data = Float32Array.from({ length: COUNT * 3 * plane }, (_, index) => {
    const byte = at(resized, Math.floor(index / (3 * plane)) * plane + (index % plane));
    return (Math.fround(byte / 255) - Math.fround(MEAN)) / STD;
  });
  const labels = Uint8Array.from(indices, (index) => at(dataset.labels, index));
  return {
    dataset,
    indices,
    images: inSharedMemory(images),
    labels: inSharedMemory(labels),
    input: { shape: [COUNT, 3, TARGET.height, TARGET.width], data },
  };
}

/**
 * Moves bytes to memory that several threads can read, as those of a data set may be, where the host has such memory.
 */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (typeof SharedArrayBuffer === "undefined") return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** Batches given as images, as indices into the data set, and as preprocessed inputs. */
export function batchKindCases(): readonly ConformanceCase[] {
  const source = "design rule";
  return [
    {
      id: caseId("preprocessing", "batch-kinds", "training"),
      plan: "steps on images, on indices into the data set and on preprocessed inputs give the same losses and training state",
      source,
      quick: true,
      run: compareTraining,
    },
    {
      id: caseId("preprocessing", "batch-kinds", "inference"),
      plan: "images give the scores, activations, loss and gradients of their preprocessed inputs",
      source,
      quick: true,
      run: compareInference,
    },
    {
      id: caseId("preprocessing", "batch-kinds", "late-positions"),
      plan: "indices beyond 2^8 and 2^16 select the right images of the data set, with their labels",
      source,
      quick: true,
      run: compareLatePositions,
    },
  ];
}

async function compareTraining(context: CaseContext): Promise<void> {
  const { dataset, indices, images, labels, input } = sameBatch();
  const [ofImages, ofIndices, ofInputs] = await Promise.all([
    trained(context, { images, labels }, dataset),
    trained(context, { indices }, dataset),
    trained(context, { input, labels: Int32Array.from(labels) }, dataset),
  ]);
  compareTrained(context, ofIndices, ofImages, "indices compared with images");
  compareTrained(context, ofInputs, ofImages, "inputs compared with images");
}

/** The results of a few steps. */
interface Trained {
  readonly losses: readonly number[];
  readonly state: TrainingState;
}

function compareTrained(context: CaseContext, actual: Trained, expected: Trained, what: string): void {
  const { smallCase, rounding } = context.tolerances;
  expected.losses.forEach((loss, step) => {
    checkNumber(at(actual.losses, step), loss, `${what}: loss of step ${step + 1}`, smallCase);
  });
  checkTensors(actual.state.parameters, expected.state.parameters, `${what}: parameters`, rounding);
  checkTensors(actual.state.optimizer, expected.state.optimizer, `${what}: optimizer state`, rounding);
}

async function trained(
  context: CaseContext,
  batch: TrainingBatch,
  dataset: SameBatch["dataset"],
): Promise<Trained> {
  const model = await context.compile(architecture, { maxBatch: COUNT, imageFormat: format });
  await model.writeParameters(heParameters(architecture, 3));
  const session = await model.train({ optimizer: ADAMW, seed: 8, dataset });
  for (let step = 0; step < 3; step += 1) await session.step(batch, { learningRate: 0.01 });
  const { losses } = await session.metrics();
  checkCount(losses, 3, "losses of 3 steps");
  const state = await session.readState();
  checkCompleteState(state, architecture, ADAMW, "state after 3 steps");
  return { losses, state };
}

async function compareLatePositions(context: CaseContext): Promise<void> {
  const indices = Uint32Array.of(255, 256, 65_535, 65_536, 69_999);
  const bytes = randomBytes(70_000, 6);
  const dataset = { images: bytes, labels: bytes.map((byte) => byte % 3) };
  const onePixel = architectureOf([1, 1, 1], [{ kind: "flatten" }, { kind: "linear", outFeatures: 3 }]);
  const images = { channels: 1, height: 1, width: 1, preprocessing: { mean: 0, std: 1 } };
  const model = await context.compile(onePixel, { maxBatch: indices.length, imageFormat: images });
  const session = await model.train({ optimizer: ADAMW, seed: 1, dataset });
  const start = await session.readState();
  await session.step({ indices }, { learningRate: 0.01 });
  const byIndices = await session.readState();
  checkCompleteState(byIndices, onePixel, ADAMW, "state after a step on indices");
  await session.writeState(start);
  const chosen = Uint8Array.from(indices, (index) => at(bytes, index));
  await session.step({ images: chosen, labels: chosen.map((byte) => byte % 3) }, { learningRate: 0.01 });
  const byImages = await session.readState();
  checkTensors(
    byIndices.optimizer,
    byImages.optimizer,
    "indices compared with images",
    context.tolerances.rounding,
  );
}

async function compareInference(context: CaseContext): Promise<void> {
  const { images, labels, input } = sameBatch();
  const model = await context.compile(architecture, { maxBatch: COUNT, imageFormat: format });
  await model.writeParameters(heParameters(architecture, 3));
  const { rounding, smallCase } = context.tolerances;
  const scores = await model.predict({ images });
  checkShape(scores, [COUNT, 3], "scores of images");
  checkTensor(scores, await model.predict({ input }), "scores", rounding);
  const activations = await model.activations({ images });
  const names = architecture.layers.map((_, index) => `net.${index}`);
  checkEqual([...activations.keys()], names, "names of the activations of images");
  checkTensors(activations, await model.activations({ input }), "activation", rounding);
  const [ofImages, ofInput] = [
    await model.gradients({ images, labels }),
    await model.gradients({ input, labels }),
  ];
  checkComplete(ofImages.gradients, architecture, "gradients of images");
  checkNumber(ofImages.loss, ofInput.loss, "loss", smallCase);
  checkTensors(ofImages.gradients, ofInput.gradients, "gradient", rounding);
}
