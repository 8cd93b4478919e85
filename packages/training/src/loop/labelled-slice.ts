import type { ImageDataset } from "@nin/data";

/** Images `start` to `end` and their labels, copied so that they can be handed to another thread. */
export function labelledSlice(
  { images, labels, channels, height, width }: ImageDataset,
  start: number,
  end: number,
): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const size = channels * height * width;
  return {
    images: Uint8Array.from(images.subarray(start * size, end * size)),
    labels: Uint8Array.from(labels.subarray(start, end)),
  };
}
