import { shuffledIndices } from "@nin/spec";
import { DataError } from "./dataset/errors.js";

/** Which images make up the batches of an epoch. */
export interface EpochBatches {
  /** The number of images in the data set. */
  readonly count: number;
  readonly batchSize: number;
  /** The run's seed. */
  readonly seed: number;
  /** The epoch, from 0. */
  readonly epoch: number;
  /** The number of batches of this epoch that are done already, when resuming; 0 by default. */
  readonly from?: number;
}

/** The number of batches in an epoch; the last may be partial. */
export function batchesPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/**
 * The batches of an epoch, as positions of images: shuffled by seed and epoch, the last one partial when `batchSize`
 * does not divide `count`. The order is computed when the first batch is requested.
 *
 * @throws DataError at the call, not later
 *
 * @example
 * ```ts
 * for (const indices of epochBatches({ count: 60_000, batchSize: 128, seed: 0, epoch: 0 })) {
 *   await session.step({ indices }, { learningRate: 0.05 });
 * }
 * ```
 */
export function epochBatches(options: EpochBatches): IterableIterator<Uint32Array> {
  const { count, batchSize, seed, epoch, from = 0 } = options;
  checkInteger("count", count, 1);
  checkInteger("batchSize", batchSize, 1);
  checkInteger("seed", seed, 0);
  checkInteger("epoch", epoch, 0);
  checkInteger("from", from, 0, batchesPerEpoch(count, batchSize));
  return slices(() => shuffledIndices(count, seed, epoch), count, batchSize, from);
}

/**
 * The positions 0 to count - 1 in order, in batches; for evaluation.
 *
 * @throws DataError
 */
export function orderedBatches(count: number, batchSize: number): IterableIterator<Uint32Array> {
  checkInteger("count", count, 1);
  checkInteger("batchSize", batchSize, 1);
  return slices(() => Uint32Array.from({ length: count }, (_, index) => index), count, batchSize, 0);
}

function* slices(
  order: () => Uint32Array,
  count: number,
  batchSize: number,
  from: number,
): Generator<Uint32Array, void> {
  if (from * batchSize >= count) return;
  const indices = order();
  for (let start = from * batchSize; start < count; start += batchSize) {
    // A copy, so that it can be transferred to a worker.
    yield indices.slice(start, start + batchSize);
  }
}

function checkInteger(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new DataError(name, `an integer ${range}`, `${value}`, { code: "NIN_DATA_OPTION" });
}
