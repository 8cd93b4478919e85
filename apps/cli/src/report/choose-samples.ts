import type { Model } from "@nin/backend";
import { firstImages, type ImageSource, readImages } from "@nin/data";
import { at } from "@nin/spec";
import {
  activationBytes,
  classEvidence,
  classMaps,
  evaluateModel,
  featureMap,
  type RealizedNetwork,
} from "@nin/training";
import type { ReportSample } from "./report-data.js";

/** Number of test images among which samples are chosen. */
const CANDIDATES = 256;
const SHOWN = 40;
const BATCH = 64;
/** The most memory that the outputs of all layers may take at once. Units: bytes. */
const ACTIVATION_BYTES = 2 ** 27;

/**
 * The samples of a run's page, from the first test images, with what the model says of them and the class activation
 * map of each prediction, where the network has such maps.
 *
 * @param largestBatch - the model's, in images
 * @throws what the model and the reading of images throw
 */
export async function predictSamples(
  model: Model,
  test: ImageSource,
  largestBatch: number,
): Promise<readonly ReportSample[]> {
  const samples = await pickSamples(model, test, largestBatch, SHOWN);
  if (classEvidence(model) === undefined) return samples;
  const mapped: ReportSample[] = [];
  const batchSize = Math.min(largestBatch, activationBatch(model));
  for (let start = 0; start < samples.length; start += batchSize) {
    const batch = samples.slice(start, start + batchSize);
    const { maps } = await classMaps(model, { images: joined(batch.map(({ pixels }) => pixels)) });
    mapped.push(
      ...batch.map((sample, index) => ({ ...sample, map: featureMap(maps, index, sample.prediction) })),
    );
  }
  return mapped;
}

/** As `predictSamples`, at most `count` of them, without maps. */
export async function pickSamples(
  model: Model,
  test: ImageSource,
  largestBatch: number,
  count: number,
): Promise<readonly ReportSample[]> {
  const candidates = firstImages(test, CANDIDATES);
  const batchSize = Math.min(BATCH, largestBatch);
  const { predictions, probabilities } = await evaluateModel(model, candidates, { batchSize });
  const chosen = Uint32Array.from(chooseSamples(candidates.labels, predictions, count));
  const images = await readImages(candidates, chosen);
  const size = images.length / chosen.length;
  return Array.from(chosen, (position, index) => ({
    pixels: images.subarray(index * size, (index + 1) * size),
    label: at(candidates.labels, position),
    prediction: at(predictions, position),
    probability: at(probabilities, position),
  }));
}

/** How many images a batch may have of which the outputs of all layers are wanted. */
export function activationBatch(network: RealizedNetwork): number {
  return Math.max(1, Math.min(BATCH, Math.floor(ACTIVATION_BYTES / activationBytes(network))));
}

/** Images one after another. */
export function joined(images: readonly Uint8Array[]): Uint8Array {
  const size = images.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(size);
  let from = 0;
  for (const image of images) {
    all.set(image, from);
    from += image.length;
  }
  return all;
}

/**
 * Picks test images to show: of each class some that were classified correctly and some that were not, as far
 * as there are any. The same predictions give the same images.
 *
 * @returns positions in `labels`, at most `count`, ordered by label, correct ones first
 * @throws `RangeError` when there are not as many predictions as labels
 */
export function chooseSamples(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  count: number,
): number[] {
  if (labels.length !== predictions.length)
    throw new RangeError(`chooseSamples: ${labels.length} labels, but ${predictions.length} predictions`);
  const classes = sortByClass(labels, predictions);
  const wanted = Math.min(count, labels.length);
  const chosen: number[] = [];
  for (let round = 0; chosen.length < wanted; round++)
    for (const [turn, { right, wrong }] of classes.entries()) {
      if (chosen.length >= wanted) break;
      // Neighbouring classes take turns, so that fewer samples than classes still show both kinds.
      const [first, second] = (round + turn) % 2 === 0 ? [right, wrong] : [wrong, right];
      const position = first.shift() ?? second.shift();
      if (position !== undefined) chosen.push(position);
    }
  const rank = (position: number): number =>
    2 * at(labels, position) + (labels[position] === predictions[position] ? 0 : 1);
  return chosen.sort((a, b) => rank(a) - rank(b) || a - b);
}

interface ClassPositions {
  readonly right: number[];
  readonly wrong: number[];
}

function sortByClass(labels: ArrayLike<number>, predictions: ArrayLike<number>): ClassPositions[] {
  const classes = new Map<number, ClassPositions>();
  for (let position = 0; position < labels.length; position++) {
    const label = at(labels, position);
    const own = classes.get(label) ?? { right: [], wrong: [] };
    classes.set(label, own);
    (label === predictions[position] ? own.right : own.wrong).push(position);
  }
  return [...classes].sort(([a], [b]) => a - b).map(([, positions]) => positions);
}
