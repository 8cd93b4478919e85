/**
 * Network in Network as data: architectures, recipes, shapes, counts, initial weights and random numbers.
 *
 * @example
 * ```ts
 * import { builtinArchitecture, summarize } from "@nin/spec";
 *
 * const { parameters } = summarize(builtinArchitecture("nin?classes=5"));
 * console.log(parameters);
 * ```
 *
 * @packageDocumentation
 */
export {
  type Architecture,
  type InputSpec,
  layerKindNames,
  parseArchitecture,
  requireClasses,
  sameArchitecture,
} from "./architecture/architecture.js";
export {
  classCount,
  inferLayers,
  type NamedParameter,
  namedParameters,
  type PlacedLayer,
} from "./architecture/shapes.js";
export { type ArchitectureSummary, type LayerSummary, summarize } from "./architecture/summary.js";
export {
  type ArchitectureDefinition,
  defineArchitecture,
  defineRecipe,
  type RecipeDefinition,
} from "./authoring/define.js";
export {
  avgPool2d,
  conv2d,
  dropout,
  flatten,
  globalAvgPool2d,
  type LayerDefinition,
  linear,
  maxPool2d,
  ninBlock,
  relu,
} from "./authoring/layers.js";
export {
  type BuiltinArchitecture,
  builtinArchitecture,
  builtinArchitectures,
} from "./builtin/index.js";
export { builtinRecipe, builtinRecipes, sizedRecipe } from "./builtin/recipes.js";
export type { AvgPool2d } from "./layers/avg-pool2d.js";
export type { Conv2d, Conv2dFields } from "./layers/conv2d.js";
export type { Dropout, DropoutFields } from "./layers/dropout.js";
export type { Flatten } from "./layers/flatten.js";
export type { GlobalAvgPool2d } from "./layers/global-avg-pool2d.js";
export type { Layer, LayerKindName, PrimitiveKind, PrimitiveLayer } from "./layers/index.js";
export type { Size2d, SizeField } from "./layers/layer-kind.js";
export type { Linear, LinearFields } from "./layers/linear.js";
export type { MaxPool2d } from "./layers/max-pool2d.js";
export type { NinBlock, NinBlockFields } from "./layers/nin-block.js";
export type { Pool2dFields } from "./layers/pool2d.js";
export type { Relu } from "./layers/relu.js";
export {
  elementCount,
  firstNotFinite,
  type NamedTensors,
  type Shape,
  type Tensor,
} from "./layers/tensor.js";
export {
  type ModelDescription,
  modelMetadata,
  readModelMetadata,
  scoreNames,
} from "./metadata/model-description.js";
export {
  type AugmentationKey,
  type AugmentedSize,
  augmentImages,
  flipThreshold,
  gatherAugmented,
  gatherBytes,
  type ImageAugmentation,
  imageAugmentations,
} from "./preprocessing/augment-images.js";
export { RESIZE_PRECISION_BITS, type ResizeAxis, resizeAxis } from "./preprocessing/resize.js";
export {
  type DropoutMaskKey,
  dropoutScale,
  dropoutThreshold,
  fillDropoutMask,
} from "./random/dropout-mask.js";
export { type PhiloxKey, PURPOSE, philox, philoxKey } from "./random/philox.js";
export { initialParameters, shuffledIndices, splitPositions } from "./random/random.js";
export { SpecError } from "./reading/errors.js";
export { FieldReader, MAX_INTEGER, MAX_LAYERS } from "./reading/field-reader.js";
export { JsonError, type JsonOptions, MAX_JSON_DEPTH, parseJson } from "./reading/json.js";
export { nearestName } from "./reading/nearest-name.js";
export { at, entry, InternalError, present } from "./reading/present.js";
export { SHOWN_CHARACTERS, shownNames, shownText, shownValue } from "./reading/shown.js";
export { type Augmentation, checkedAugmentation } from "./recipe/augmentation.js";
export {
  checkInitialization,
  type Initialization,
  type InitOverride,
  type InitRule,
} from "./recipe/initialization.js";
export {
  type AdamW,
  learningRateAt,
  type Optimizer,
  type Preprocessing,
  parseRecipe,
  perChannel,
  type Recipe,
  type RecipePreprocessing,
  type ResolvedRecipe,
  resolvedPreprocessing,
  type Sgd,
  type Validation,
} from "./recipe/recipe.js";
export type {
  EarlyStopping,
  Monitor,
  MultiStepSchedule,
  PlateauSchedule,
  Schedule,
  SmoothSchedule,
} from "./recipe/schedule.js";
