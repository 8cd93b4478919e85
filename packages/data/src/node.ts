/**
 * Data sets from files and downloads, in Node.
 *
 * @example
 * ```ts
 * import { loadDataset } from "@nin/data/node";
 *
 * const { train, test } = await loadDataset("fashion-mnist");
 * console.log(train.count, test.count);
 * ```
 *
 * @packageDocumentation
 */
export type { DownloadProgress } from "./download/transfer.js";
export { type DecodeOptions, decodePixels } from "./image/decode.js";
export { MAX_PIXELS } from "./image/pixels.js";
export { type ReadImageOptions, readImageBytes, readImageFile, readPixels } from "./image/read-image-file.js";
export {
  type DatasetInspection,
  type InspectedImage,
  type InspectOptions,
  inspectDataset,
  type SplitCounts,
} from "./inspect-dataset.js";
export { type FetchedDataset, fetchFashionMnist, type LoadOptions, loadDataset } from "./load-dataset.js";
export { loadImageFolder } from "./loading/load-pictures.js";
export type { DatasetFormat, DecodeProgress, ImageLoadOptions, LoadedDataset } from "./loading/options.js";
export { type BrokenImage, readImageFiles } from "./pictures/picture-stream.js";
export { type ImageCache, imageCache } from "./stored/cache-folder.js";
export {
  DEFAULT_MEMORY_BYTES,
  type MaterializeOptions,
  type MaterializeProgress,
  materialize,
} from "./stored/materialize.js";
