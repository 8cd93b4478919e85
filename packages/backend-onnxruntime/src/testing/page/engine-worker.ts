import "@nin/backend-onnxruntime/browser/worker";
