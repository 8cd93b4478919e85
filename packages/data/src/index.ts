export { batchesPerEpoch, type EpochBatches, epochBatches, orderedBatches } from "./batches.js";
export {
  type DatasetPair,
  firstImages,
  gatherImages,
  type ImageDataset,
  shareableBytes,
} from "./dataset/dataset.js";
export { DataError, type DataErrorCode } from "./dataset/errors.js";
export { type IdxArray, type IdxExpectation, parseIdx } from "./idx/format.js";
export { type ImageSize, resizeImages } from "./resize.js";
export { type SyntheticOptions, syntheticDataset } from "./synthetic/synthetic.js";
