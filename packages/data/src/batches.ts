import { shuffledIndices } from "@nin/spec";
import { DataError } from "./dataset/errors.js";

/** Which images make up the batches of an epoch. */
export interface EpochBatches {
  /** Images in the data set. */
  readonly count: number;
  readonly batchSize: number;
  /** The run's seed. */
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
  /** Batches of this epoch already done, when resuming; 0 by default. */
  readonly from?: number;
}

/** Batches in an epoch; the last may be partial. */
export function batchesPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/**
 * An epoch's batches of image positions, shuffled by seed and epoch, the last one partial when
 * `batchSize` does not divide `count`. The shuffle is drawn when the first batch is asked for.
 *
 * Throws: `DataError` at the call, not later.
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

/** Positions 0..count-1 in order, in batches; for evaluation. Throws: `DataError`. */
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
