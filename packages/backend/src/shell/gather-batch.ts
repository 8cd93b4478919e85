import { at, elementCount, gatherAugmented, gatherBytes, present, type Shape } from "@nin/spec";
import type { SessionSetup } from "./engine.js";

/**
 * Images and labels of an `indices` batch that was checked, as the epoch augments them: for sessions that have the data
 * set in the host's memory.
 *
 * @param imageShape - of the data set's images: [channels, height, width]
 * @param epoch - from 0; it may be missing where nothing is augmented
 * @returns images [N, channels, height, width], labels [N]
 */
export function gatherBatch(
  { dataset, augmentation, seed }: SessionSetup,
  imageShape: Shape,
  indices: Uint32Array,
  epoch: number | undefined,
): { readonly images: Uint8Array; readonly labels: Uint16Array } {
  const { images, labels } = present(dataset, "the data set of an `indices` batch");
  const size = { channels: at(imageShape, 0), height: at(imageShape, 1), width: at(imageShape, 2) };
  const key = () => ({ seed, epoch: present(epoch, "the epoch of an augmentation") });
  return {
    images:
      augmentation === undefined
        ? gatherBytes(images, elementCount(imageShape), indices)
        : gatherAugmented(images, size, augmentation, key(), indices),
    labels: Uint16Array.from(indices, (index) => at(labels, index)),
  };
}
