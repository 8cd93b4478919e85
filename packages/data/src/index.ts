/**
 * Data sets in memory, seeded batches of them, and the bit-exact resize.
 *
 * @example
 * ```ts
 * import { resizeImages, syntheticDataset } from "@nin/data";
 *
 * const { test } = syntheticDataset();
 * const larger = resizeImages(test.images, test, { height: 224, width: 224 });
 * console.log(larger.length);
 * ```
 *
 * @packageDocumentation
 */
export { batchesPerEpoch, type EpochBatches, epochBatches, orderedBatches } from "./batches.js";
export {
  type ClassLabels,
  type DatasetPair,
  gatherImages,
  type ImageDataset,
  type ImageSetDescription,
  type ImageSource,
  isInMemory,
  readImages,
  type StoredDataset,
  shareableBytes,
} from "./dataset/dataset.js";
export { DataError, type DataErrorCode } from "./dataset/errors.js";
export { type ImageArrays, imageDataset } from "./dataset/image-dataset.js";
export { type ImageStatistics, imageStatistics, resolveRecipe } from "./dataset/statistics.js";
export { firstImages, subset } from "./dataset/subset.js";
export { type IdxArray, type IdxExpectation, parseIdx } from "./idx/format.js";
export {
  type CropBox,
  centreCrop,
  type DecodedImage,
  type ImageFormat,
  imageFromPixels,
} from "./image/pixels.js";
export { type ImageSize, resizeImages } from "./image/resize.js";
export type { ImageStream } from "./stored/image-stream.js";
export { type SyntheticOptions, syntheticDataset } from "./synthetic/synthetic.js";
