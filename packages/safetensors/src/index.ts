/**
 * The safetensors format, in memory.
 *
 * @example
 * ```ts
 * import { parseSafetensors, serializeSafetensors } from "@nin/safetensors";
 *
 * const bytes = serializeSafetensors(new Map([["bias", { shape: [2], data: Float32Array.of(0, 1) }]]));
 * console.log([...parseSafetensors(bytes).tensors.keys()]);
 * ```
 *
 * @packageDocumentation
 */
export type { Dtype, TensorData } from "./dtype.js";
export { SafetensorsError } from "./errors.js";
export {
  type FitOptions,
  type FittedParameters,
  fitParameters,
  ParameterFitError,
} from "./fit-parameters.js";
export { parseSafetensors, type SafetensorsFile, type StoredTensor } from "./parse.js";
export { serializeSafetensors, type WritableTensor } from "./serialize.js";
export { floatTensor, floatTensors, integerTensor } from "./tensors.js";
