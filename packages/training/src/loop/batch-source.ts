import type { TrainingBatch } from "@nin/backend";
import { epochBatches, type ImageSource, isInMemory, type StoredDataset } from "@nin/data";
import { at, augmentImages, type Recipe } from "@nin/spec";

/** A batch for the session. */
export interface SourcedBatch {
  readonly batch: TrainingBatch;
  /** The number of images in it. */
  readonly count: number;
}

/**
 * The batches of an epoch (from 0) without its first `from`. Of images in memory, which the session has, they are
 * positions. Others are read one batch ahead of the steps, and augmented here as the session would.
 */
export async function* sourcedBatches(
  train: ImageSource,
  recipe: Pick<Recipe, "batchSize" | "seed" | "augmentation">,
  epoch: number,
  from: number,
): AsyncGenerator<SourcedBatch, void> {
  const { batchSize, seed } = recipe;
  const order = { count: train.count, batchSize, seed, epoch, from };
  if (isInMemory(train)) {
    for (const indices of epochBatches(order)) yield { batch: { indices }, count: indices.length };
    return;
  }
  // Once, since it shuffles all positions.
  const batches = [...epochBatches(order)];
  train.announce?.(batches);
  const positions = batches.values();
  const readNext = (): Promise<SourcedBatch> | undefined => {
    const next = positions.next();
    if (next.done === true) return undefined;
    const reading = readBatch(train, recipe, epoch, next.value);
    // Where the epoch ends before this is asked for, nobody waits for it.
    reading.catch(() => {});
    return reading;
  };
  for (let next = readNext(); next !== undefined; ) {
    const batch = await next;
    next = readNext();
    yield batch;
  }
}

async function readBatch(
  train: StoredDataset,
  { seed, augmentation }: Pick<Recipe, "seed" | "augmentation">,
  epoch: number,
  positions: Uint32Array,
): Promise<SourcedBatch> {
  const stored = await train.read(positions);
  const images =
    augmentation === undefined
      ? stored
      : augmentImages(stored, train, augmentation, { seed, epoch }, positions);
  const labels = Uint16Array.from(positions, (position) => at(train.labels, position));
  return { batch: { images, labels }, count: positions.length };
}
