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
export { type DecodeOptions, decodePixels, MAX_PIXELS } from "./image/decode.js";
export { type ReadImageOptions, readImageBytes, readImageFile, readPixels } from "./image/read-image-file.js";
export { type FetchedDataset, fetchFashionMnist, type LoadOptions, loadDataset } from "./load-dataset.js";
export { type ImageCache, imageCache } from "./stored/cache-folder.js";
export { type MaterializeOptions, type MaterializeProgress, materialize } from "./stored/materialize.js";
