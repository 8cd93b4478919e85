/** The worker in which ONNX Runtime computes. */
import "@nin/backend-onnxruntime/browser/worker";
