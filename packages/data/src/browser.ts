/**
 * Pictures as data sets in a page.
 *
 * @example
 * ```ts
 * import { imageDatasetFromFiles } from "@nin/data/browser";
 *
 * declare const files: File[];
 * const { train } = await imageDatasetFromFiles(files, { channels: 3, height: 32, width: 32 });
 * console.log(train.classNames);
 * ```
 *
 * @packageDocumentation
 */
export {
  imageDatasetFromFiles,
  type PictureFile,
  type PictureFilesOptions,
} from "./page/dataset-from-files.js";
export { imageFromBlob } from "./page/image-from-blob.js";
export { type DatasetFilesOptions, datasetFromFiles } from "./page/recognised-files.js";
