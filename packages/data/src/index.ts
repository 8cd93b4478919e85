export { batchesPerEpoch, type EpochBatches, epochBatches, orderedBatches } from "./batches.js";
export { type DatasetPair, firstImages, gatherImages, type ImageDataset, shareableBytes } from "./dataset.js";
export { DataError, type DataErrorCode } from "./errors.js";
export { type IdxArray, type IdxExpectation, parseIdx } from "./idx.js";
export { type ImageSize, resizeImages } from "./resize.js";
export { type SyntheticOptions, syntheticDataset } from "./synthetic/index.js";
