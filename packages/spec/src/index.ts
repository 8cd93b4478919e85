export {
  type Architecture,
  type InputSpec,
  layerKindNames,
  parseArchitecture,
  requireClasses,
  sameArchitecture,
} from "./architecture.js";
export {
  type BuiltinArchitecture,
  builtinArchitecture,
  builtinArchitectures,
} from "./builtin/index.js";
export { type DropoutMaskKey, dropoutScale, dropoutThreshold, fillDropoutMask } from "./dropout-mask.js";
export { SpecError } from "./errors.js";
export { FieldReader, MAX_INTEGER, MAX_LAYERS } from "./field-reader.js";
export type { Initialization, InitOverride, InitRule } from "./initialization.js";
export { JsonError, type JsonOptions, MAX_JSON_DEPTH, parseJson } from "./json.js";
export type { AvgPool2d } from "./layers/avg-pool2d.js";
export type { Conv2d } from "./layers/conv2d.js";
export type { Dropout } from "./layers/dropout.js";
export type { Flatten } from "./layers/flatten.js";
export type { GlobalAvgPool2d } from "./layers/global-avg-pool2d.js";
export type { Layer, LayerKindName, PrimitiveKind, PrimitiveLayer } from "./layers/index.js";
export type { Size2d } from "./layers/layer-kind.js";
export type { Linear } from "./layers/linear.js";
export type { MaxPool2d } from "./layers/max-pool2d.js";
export type { NinBlock } from "./layers/nin-block.js";
export type { Relu } from "./layers/relu.js";
export { nearestName } from "./nearest-name.js";
export { type PhiloxKey, PURPOSE, philox, philoxKey } from "./philox.js";
export { at, entry, InternalError, present } from "./present.js";
export { initialParameters, shuffledIndices } from "./random.js";
export {
  type AdamW,
  learningRateAt,
  type Optimizer,
  type Preprocessing,
  parseRecipe,
  perChannel,
  type Recipe,
  type Schedule,
  type Sgd,
} from "./recipe.js";
export { builtinRecipe, builtinRecipes } from "./recipes.js";
export { RESIZE_PRECISION_BITS, type ResizeAxis, resizeAxis } from "./resize.js";
export { classCount, inferLayers, type NamedParameter, namedParameters, type PlacedLayer } from "./shapes.js";
export { SHOWN_CHARACTERS, shownNames, shownText, shownValue } from "./shown.js";
export { type ArchitectureSummary, type LayerSummary, summarize } from "./summary.js";
export { elementCount, type NamedTensors, type NamedTensors as Parameters, type Shape, type Tensor } from "./tensor.js";
