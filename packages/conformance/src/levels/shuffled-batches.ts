import type { Model } from "@nin/backend";
import { epochBatches } from "@nin/data";
import { PURPOSE, philox, philoxKey } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual } from "../check/check.js";
import { architectureOf } from "../networks/inputs.js";
import { PLAIN_SGD } from "../networks/small.js";

const COUNT = 23;
const BATCH_SIZE = 6;
const CLASSES = 3;
/** A pixel for each image, and some more. */
const SIDE = 5;

const architecture = architectureOf(
  [1, SIDE, SIDE],
  [{ kind: "flatten" }, { kind: "linear", outFeatures: CLASSES, bias: false }],
  "batches",
);
const images = { channels: 1, height: SIDE, width: SIDE, preprocessing: { mean: 0, std: 1 } } as const;

/** Image k is white at pixel k alone; labels are not in the order of the images. */
const dataset = {
  images: Uint8Array.from({ length: COUNT * SIDE ** 2 }, (_, at) =>
    Math.floor(at / SIDE ** 2) === at % SIDE ** 2 ? 255 : 0,
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
      plan: "the images of every step of an epoch, read off its update, are those of the seeded shuffle, the last partial batch too",
      source: "design rule: Fisher-Yates by Philox",
      quick: run.epoch > 0,
      run: (context) => compareEpoch(context, run),
    }),
  );
  return [
    ...shuffled,
    {
      id: caseId("randomness", "batches", "repeated-index"),
      plan: "an image that is in a batch twice counts twice",
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
    checkEqual([...indices], order.slice(start, start + BATCH_SIZE), `batch from position ${start}`);
    await compareStep(model, indices, seed);
    start += BATCH_SIZE;
  }
}

/** Fisher-Yates from the identity, with big integers: nothing is rounded. */
function expectedOrder(seed: number, epoch: number): readonly number[] {
  const order = Array.from({ length: COUNT }, (_, index) => index);
  const words = new Uint32Array(4);
  for (let k = COUNT - 1; k >= 1; k -= 1) {
    philox(philoxKey(seed), Math.floor(k / 4), 0, epoch, PURPOSE.shuffle, words);
    const j = Number((BigInt(words[k % 4] ?? 0) * BigInt(k + 1)) >> 32n);
    [order[k], order[j]] = [order[j] ?? 0, order[k] ?? 0];
  }
  return order;
}

/**
 * With weights of 0 the update of the weight from pixel k to its image's class is `2m/(3N)`, where
 * the image is m times in the batch of N, and to another class `-m/(3N)`.
 */
async function compareStep(model: Model, indices: Uint32Array, seed: number): Promise<void> {
  const zeros = new Map(
    [...(await model.readParameters())].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map(() => 0) },
    ]),
  );
  await model.writeParameters(zeros);
  const session = await model.train({ optimizer: PLAIN_SGD, seed, dataset });
  await session.step({ indices }, { learningRate: 1 });
  const weight = (await session.readState()).parameters.get("net.1.weight");
  await session.dispose();
  const thirds = Array.from(
    { length: CLASSES * SIDE ** 2 },
    (_, at) =>
      // Adding 0 turns -0 into 0.
      Math.round((weight?.data[at] ?? Number.NaN) * 3 * indices.length) + 0,
  );
  const expected = Array.from({ length: CLASSES * SIDE ** 2 }, (_, at) => {
    const [label, image] = [Math.floor(at / SIDE ** 2), at % SIDE ** 2];
    const times = indices.filter((index) => index === image).length;
    return times * (label === dataset.labels[image] ? CLASSES - 1 : -1) + 0;
  });
  checkEqual(
    thirds,
    expected,
    `update of a step on images ${[...indices].join(", ")}, in thirds by class and pixel`,
  );
}
