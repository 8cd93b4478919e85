export type { Dtype, TensorData } from "./dtype.js";
export { SafetensorsError } from "./errors.js";
export { parseSafetensors, type SafetensorsFile, type StoredTensor } from "./parse.js";
export { serializeSafetensors, type WritableTensor } from "./serialize.js";
export { floatTensor, floatTensors, integerTensor } from "./tensors.js";
