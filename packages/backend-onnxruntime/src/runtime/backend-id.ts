/** The backend's name in messages and in the registry. */
export const BACKEND_ID = "onnxruntime";
