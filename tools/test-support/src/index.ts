export {
  architectureJson,
  layersOfEvery,
  smallNinJson,
  smoothBatch,
  smoothJson,
  threeClassJson,
} from "./architectures.js";
export { endOf } from "./child-processes.js";
export { distance } from "./distance.js";
export { inNewFolder, namesBelow, newFolder, readJsonLines } from "./folders.js";
export { IDX_FILES, type IdxFile, IMAGE_SIZE, idxBytes, smallIdxFiles, writeIdxFolder } from "./idx.js";
export { newerNode } from "./newer-node.js";
export { type Pixels, pngBytes, pngChunk } from "./png.js";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./postgres.js";
export { randomNumbers } from "./random.js";
export { isRequired, lacking } from "./requirements.js";
export {
  SHAPES,
  type ShapePicture,
  type ShapeSet,
  shapeSet,
  writeShapeCifar,
  writeShapeCsv,
  writeShapeFolder,
  writeShapeIdx,
} from "./shapes.js";
