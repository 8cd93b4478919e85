import type { TrainingBatch } from "@nin/backend";
import { resizeImages } from "@nin/data";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkNumber } from "../check/check.js";
import { checkTensor, checkTensors } from "../check/tensors.js";
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

/** One batch in its three forms. */
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
  const data = Float32Array.from({ length: COUNT * 3 * plane }, (_, at) => {
    const byte = resized[Math.floor(at / (3 * plane)) * plane + (at % plane)] ?? 0;
    return (Math.fround(byte / 255) - Math.fround(MEAN)) / STD;
  });
  const labels = Uint8Array.from(indices, (index) => dataset.labels[index] ?? 0);
  return {
    dataset,
    indices,
    images: inSharedMemory(images),
    labels: inSharedMemory(labels),
    input: { shape: [COUNT, 3, TARGET.height, TARGET.width], data },
  };
}

/** As a data set is that several threads read, where the host has such memory. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (typeof SharedArrayBuffer === "undefined") return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** Images, positions in the data set, and inputs. */
export function batchKindCases(): readonly ConformanceCase[] {
  const source = "design rule";
  return [
    {
      id: caseId("preprocessing", "batch-kinds", "training"),
      plan: "steps on images, on positions in the data set and on inputs are steps on the same batch",
      source,
      quick: true,
      run: compareTraining,
    },
    {
      id: caseId("preprocessing", "batch-kinds", "inference"),
      plan: "scores, activations, loss and gradients of images are those of inputs",
      source,
      quick: true,
      run: compareInference,
    },
    {
      id: caseId("preprocessing", "batch-kinds", "late-positions"),
      plan: "positions beyond 2^8 and 2^16 in the data set are those images, with their labels",
      source,
      quick: true,
      run: compareLatePositions,
    },
  ];
}

async function compareTraining(context: CaseContext): Promise<void> {
  const { dataset, indices, images, labels, input } = sameBatch();
  const [ofImages, ...others] = await Promise.all(
    [{ images, labels }, { indices }, { input, labels: Int32Array.from(labels) }].map((batch) =>
      trained(context, batch, dataset),
    ),
  );
  if (ofImages === undefined) return;
  for (const [index, other] of others.entries()) {
    const what = `${["positions", "inputs"][index]} beside images`;
    ofImages.losses.forEach((loss, step) => {
      checkNumber(
        other.losses[step],
        loss,
        `${what}: loss of step ${step + 1}`,
        context.tolerances.smallCase,
      );
    });
    checkTensors(other.tensors, ofImages.tensors, what, context.tolerances.rounding);
  }
}

async function trained(
  context: CaseContext,
  batch: TrainingBatch,
  dataset: SameBatch["dataset"],
): Promise<{
  readonly losses: readonly number[];
  readonly tensors: ReadonlyMap<string, SameBatch["input"]>;
}> {
  const model = await context.compile(architecture, { maxBatch: COUNT, imageFormat: format });
  await model.writeParameters(heParameters(architecture, 3));
  const session = await model.train({ optimizer: ADAMW, seed: 8, dataset });
  for (let step = 0; step < 3; step += 1) await session.step(batch, { learningRate: 0.01 });
  const { losses } = await session.metrics();
  const { parameters, optimizer } = await session.readState();
  const tensors = [...parameters, ...optimizer].map(
    ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
  );
  return { losses, tensors: new Map(tensors) };
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
  const byPositions = await session.readState();
  await session.writeState(start);
  const chosen = Uint8Array.from(indices, (index) => bytes[index] ?? 0);
  await session.step({ images: chosen, labels: chosen.map((byte) => byte % 3) }, { learningRate: 0.01 });
  const byImages = await session.readState();
  checkTensors(
    byPositions.optimizer,
    byImages.optimizer,
    "positions beside images",
    context.tolerances.rounding,
  );
}

async function compareInference(context: CaseContext): Promise<void> {
  const { images, labels, input } = sameBatch();
  const model = await context.compile(architecture, { maxBatch: COUNT, imageFormat: format });
  await model.writeParameters(heParameters(architecture, 3));
  const { rounding, smallCase } = context.tolerances;
  checkTensor(await model.predict({ images }), await model.predict({ input }), "scores", rounding);
  checkTensors(
    await model.activations({ images }),
    await model.activations({ input }),
    "activation",
    rounding,
  );
  const [ofImages, ofInput] = [
    await model.gradients({ images, labels }),
    await model.gradients({ input, labels }),
  ];
  checkNumber(ofImages.loss, ofInput.loss, "loss", smallCase);
  checkTensors(ofImages.gradients, ofInput.gradients, "gradient", rounding);
}
