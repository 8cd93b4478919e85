export { createOnnxRuntimeBackend } from "./backend.js";
