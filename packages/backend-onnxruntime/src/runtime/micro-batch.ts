import { type Architecture, elementCount, inferLayers } from "@nin/spec";

/** Activations of one micro-batch that stay in a processor's cache well enough. Measured, docs/decisions. */
const TARGET_BYTES = 100e6;
const MAX_IMAGES = 64;

/** How many images are computed at once: as many as the target allows, spread evenly over the batch. */
export function microBatchImages(architecture: Architecture, maxBatch: number): number {
  const bytes = inferLayers(architecture).reduce(
    (total, { outputShape }) => total + 4 * elementCount(outputShape),
    0,
  );
  const wanted = Math.min(MAX_IMAGES, Math.max(1, Math.floor(TARGET_BYTES / bytes)), maxBatch);
  const microBatches = Math.ceil(maxBatch / wanted);
  return Math.ceil(maxBatch / microBatches);
}
