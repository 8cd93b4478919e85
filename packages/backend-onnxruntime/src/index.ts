export { createOnnxRuntimeBackend } from "./backend.js";
export { exportOnnx } from "./export/export-onnx.js";
