import { type Architecture, elementCount, inferLayers } from "@nin/spec";
import type { DeviceTraits } from "./device-traits.js";

/**
 * How many images are computed at once: as many as the target allows, or down to half as many where
 * that leaves fewer empty places in a batch's last micro-batch.
 */
export function microBatchImages(
  architecture: Architecture,
  maxBatch: number,
  { activationBytes, maxImages }: DeviceTraits["microBatch"],
): number {
  const bytes = inferLayers(architecture).reduce(
    (total, { outputShape }) => total + 4 * elementCount(outputShape),
    0,
  );
  const most = Math.min(maxImages, Math.max(1, Math.floor(activationBytes / bytes)), maxBatch);
  const least = Math.ceil(most / 2);
  const computed = (images: number): number => Math.ceil(maxBatch / images) * images;
  let best = most;
  for (let images = most; images >= least; images -= 1) {
    if (computed(images) < computed(best)) best = images;
  }
  return best;
}
