import { type Architecture, elementCount, inferLayers } from "@nin/spec";
import type { DeviceTraits } from "./device-traits.js";

/**
 * The number of images in a micro-batch: as many as the device's limits allow, or down to half as many where the last
 * micro-batch of a batch then needs less padding.
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
  const computed = (size: number): number => Math.ceil(maxBatch / size) * size;
  let best = most;
  for (let size = most; size >= least; size -= 1) {
    if (computed(size) < computed(best)) best = size;
  }
  return best;
}
