/**
 * Networks as plain ONNX models, in Node or a page.
 *
 * @example
 * ```ts
 * import { exportOnnx } from "@nin/backend-onnxruntime/export";
 * import { builtinArchitecture, builtinRecipe, initialParameters } from "@nin/spec";
 *
 * const architecture = builtinArchitecture("nin-mnist");
 * const bytes = exportOnnx(architecture, initialParameters(architecture, builtinRecipe("robust").init, 0));
 * console.log(bytes.length);
 * ```
 *
 * @packageDocumentation
 */
/** Networks as plain ONNX models. Needs no runtime, and no Node. */
export { type ExportDescription, type ExportOptions, exportOnnx } from "./export/export-onnx.js";
export { OnnxModelError, type OnnxTensor, type OnnxWeights, readOnnxWeights } from "./export/import-onnx.js";
