import { type Architecture, elementCount, inferLayers } from "@nin/spec";

/** Activations of one micro-batch: larger ones leave the processor's cache and take memory. Measured, docs/decisions. */
const TARGET_BYTES = 102e6;
const MAX_IMAGES = 64;

/**
 * How many images are computed at once: as many as the target allows, or down to half as many where
 * that leaves fewer empty places in a batch's last micro-batch.
 */
export function microBatchImages(architecture: Architecture, maxBatch: number): number {
  const bytes = inferLayers(architecture).reduce(
    (total, { outputShape }) => total + 4 * elementCount(outputShape),
    0,
  );
  const most = Math.min(MAX_IMAGES, Math.max(1, Math.floor(TARGET_BYTES / bytes)), maxBatch);
  const least = Math.ceil(most / 2);
  const computed = (images: number): number => Math.ceil(maxBatch / images) * images;
  let best = most;
  for (let images = most; images >= least; images -= 1) {
    if (computed(images) < computed(best)) best = images;
  }
  return best;
}
