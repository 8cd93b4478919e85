/** Networks as plain ONNX models. Needs no runtime, and no Node. */
export { exportOnnx } from "./export/export-onnx.js";
