/** The backends that can be compared with PyTorch here, loaded on demand. */
const LOADERS = {
  onnxruntime: async () =>
    (await import("../../packages/backend-onnxruntime/dist/index.js")).createOnnxRuntimeBackend(),
  webgpu: async () => (await import("../../packages/backend-webgpu/dist/node.js")).createNodeWebGpuBackend(),
  tfjs: async () => (await import("../../packages/backend-tfjs/dist/node.js")).createNodeTensorFlowBackend(),
  reference: async () =>
    (await import("../../packages/backend-reference/dist/index.js")).createReferenceBackend(),
};

/** A backend by its id. Throws: for an unknown one. */
export async function loadBackend(id) {
  const load = LOADERS[id];
  if (load === undefined)
    throw new Error(`--backend: expected one of ${Object.keys(LOADERS).join(", ")}, got ${id}`);
  return load();
}
