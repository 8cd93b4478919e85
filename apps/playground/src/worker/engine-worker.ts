import { serveEngine } from "@nin/backend-onnxruntime/browser";

// The worker in which ONNX Runtime computes, as its calls block their thread.
serveEngine({
  wasm: () => import("onnxruntime-web/wasm"),
  webgpu: () => import("onnxruntime-web/webgpu"),
});
