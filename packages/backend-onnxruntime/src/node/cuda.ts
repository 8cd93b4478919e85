import { access } from "node:fs/promises";
import { join } from "node:path";
import { findsLibrary } from "@nin/files";
import { present } from "@nin/spec";
import { buildFolder, packageFolder } from "./runtime-build.js";

const PROVIDER_LIBRARIES = ["libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so"];

/** What the provider of CUDA 12 and of CUDA 13 is linked with. */
const CUDA_LIBRARIES: readonly (readonly string[])[] = [
  ["libcudart.so.13", "libcudart.so.12"],
  ["libcublasLt.so.13", "libcublasLt.so.12"],
  ["libcublas.so.13", "libcublas.so.12"],
  ["libcurand.so.10"],
  ["libcudnn.so.9"],
];

/** What keeps the CUDA provider from working here, and what to do about it; undefined when nothing does. */
export async function cudaObstacle(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `ONNX Runtime's CUDA provider for Node exists for Linux x64 only, not ${process.platform} ${process.arch}`;
  }
  if (!findsLibrary("libcuda.so.1")) {
    return "no NVIDIA driver was found (libcuda.so.1); install the GPU's driver";
  }
  const folder = buildFolder(present(packageFolder(), "the folder of onnxruntime-node"));
  for (const library of PROVIDER_LIBRARIES) {
    if (!(await exists(join(folder, library)))) {
      return (
        `${library} is not in ${folder}; get it with \`ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node\`, ` +
        "or copy it from the onnxruntime_gpu Python wheel of version 1.30.0 (onnxruntime/capi/)"
      );
    }
  }
  const missing = CUDA_LIBRARIES.find((versions) => !versions.some(findsLibrary));
  if (missing === undefined) return undefined;
  return (
    `${missing.join(" or ")} was not found; install CUDA and cuDNN 9, or add the folders of the nvidia Python ` +
    "wheels that PyTorch brings to LD_LIBRARY_PATH"
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
