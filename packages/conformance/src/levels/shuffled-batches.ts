import type { Model } from "@nin/backend";
import { epochBatches } from "@nin/data";
import { at, PURPOSE, philox, philoxKey, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual } from "../check/check.js";
import { checkShape } from "../check/tensors.js";
import { architectureOf } from "../networks/inputs.js";
import { PLAIN_SGD } from "../networks/small.js";

const COUNT = 23;
const BATCH_SIZE = 6;
const CLASSES = 3;
/** There are more pixels than images. */
const SIDE = 5;

const architecture = architectureOf(
  [1, SIDE, SIDE],
  [{ kind: "flatten" }, { kind: "linear", outFeatures: CLASSES, bias: false }],
  "batches",
);
const images = { channels: 1, height: SIDE, width: SIDE, preprocessing: { mean: 0, std: 1 } } as const;

/** Image k is white at pixel k and black elsewhere; labels are not sorted. */
const dataset = {
  images: Uint8Array.from({ length: COUNT * SIDE ** 2 }, (_, i) =>
    Math.floor(i / SIDE ** 2) === i % SIDE ** 2 ? 255 : 0,
  ),
  labels: Uint8Array.from({ length: COUNT }, (_, image) => (image * image) % CLASSES),
};

/** Which images a step trains on. */
export function trainedBatches(): readonly ConformanceCase[] {
  const shuffled = [
    { seed: 0, epoch: 0 },
    { seed: 2 ** 40 + 3, epoch: 2 },
  ].map(
    (run): ConformanceCase => ({
      id: caseId("randomness", "batches", "epoch", run),
      plan: "the images of each step of an epoch, read off its update, are those of the seeded shuffle, also in the last, partial batch",
      source: "design rule: Fisher-Yates by Philox",
      quick: run.epoch > 0,
      run: (context) => compareEpoch(context, run),
    }),
  );
  return [
    ...shuffled,
    {
      id: caseId("randomness", "batches", "repeated-index"),
      plan: "an image that occurs twice in a batch counts twice",
      source: "design rule",
      quick: true,
      run: async (context) => {
        const model = await context.compile(architecture, { maxBatch: BATCH_SIZE, imageFormat: images });
        await compareStep(model, Uint32Array.of(22, 4, 22, 0), 0);
      },
    },
  ];
}

async function compareEpoch(
  context: CaseContext,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Promise<void> {
  const order = expectedOrder(seed, epoch);
  const model = await context.compile(architecture, { maxBatch: BATCH_SIZE, imageFormat: images });
  let start = 0;
  for (const indices of epochBatches({ count: COUNT, batchSize: BATCH_SIZE, seed, epoch })) {
    checkEqual(
      [...indices],
      order.slice(start, start + BATCH_SIZE),
      `batch from index ${start} of the epoch`,
    );
    await compareStep(model, indices, seed);
    start += BATCH_SIZE;
  }
}

/** Fisher-Yates from the identity, with big integers, which are exact. */
function expectedOrder(seed: number, epoch: number): readonly number[] {
  const order = Array.from({ length: COUNT }, (_, index) => index);
  const words = new Uint32Array(4);
  for (let k = COUNT - 1; k >= 1; k -= 1) {
    philox(philoxKey(seed), Math.floor(k / 4), 0, epoch, PURPOSE.shuffle, words);
    const j = Number((BigInt(at(words, k % 4)) * BigInt(k + 1)) >> 32n);
    [order[k], order[j]] = [at(order, j), at(order, k)];
  }
  return order;
}

/**
 * With weights of 0 the update of the weight from pixel k to the class of image k is `2m/(3N)`, where the image occurs
 * m times in the batch of N, and to another class `-m/(3N)`.
 */
async function compareStep(model: Model, indices: Uint32Array, seed: number): Promise<void> {
  const zeros: Tensor = { shape: [CLASSES, SIDE ** 2], data: new Float32Array(CLASSES * SIDE ** 2) };
  await model.writeParameters(new Map([["net.1.weight", zeros]]));
  const session = await model.train({ optimizer: PLAIN_SGD, seed, dataset });
  await session.step({ indices }, { learningRate: 1 });
  const weight = (await session.readState()).parameters.get("net.1.weight");
  await session.dispose();
  checkShape(weight, zeros.shape, "weight of the linear layer after the step");
  // Adding 0 turns -0 into 0.
  const thirds = Array.from(weight.data, (value) => Math.round(value * 3 * indices.length) + 0);
  const expected = Array.from(thirds, (_, i) => {
    const [label, image] = [Math.floor(i / SIDE ** 2), i % SIDE ** 2];
    const times = indices.filter((index) => index === image).length;
    return times * (label === dataset.labels[image] ? CLASSES - 1 : -1) + 0;
  });
  checkEqual(
    thirds,
    expected,
    `update of a step on images ${[...indices].join(", ")}, in thirds by class and pixel`,
  );
}
