import { missingPeer, type PeerPackage } from "@nin/files";
import type { TensorFlow } from "../runtime/tensorflow.js";

// The parts of TensorFlow.js, and what its WebGPU backend needs in Node. Users install them: optional peer dependencies.

export const CORE: PeerPackage = {
  name: "@tensorflow/tfjs-core",
  install: "@tensorflow/tfjs-core@4.22 @tensorflow/tfjs-backend-cpu@4.22",
};
export const CPU_BACKEND: PeerPackage = {
  name: "@tensorflow/tfjs-backend-cpu",
  install: "@tensorflow/tfjs-backend-cpu@4.22",
};
export const WEBGPU_BACKEND: PeerPackage = {
  name: "@tensorflow/tfjs-backend-webgpu",
  install: "@tensorflow/tfjs-backend-webgpu@4.22 webgpu@0.6 @nin/vulkan-driver",
};
export const DAWN: PeerPackage = { name: "webgpu", install: "webgpu@0.6 @nin/vulkan-driver" };
const VULKAN_DRIVER: PeerPackage = { name: "@nin/vulkan-driver", install: "@nin/vulkan-driver" };

/** @throws `MissingPackageError` when it is not installed, as all that follow */
export async function loadCore(): Promise<TensorFlow> {
  return import("@tensorflow/tfjs-core").catch(missingPeer(CORE));
}

/** Registers TensorFlow.js's backend `cpu`. */
export async function loadCpuBackend(): Promise<unknown> {
  return import("@tensorflow/tfjs-backend-cpu").catch(missingPeer(CPU_BACKEND));
}

/** Registers TensorFlow.js's backend `webgpu`. */
export async function loadWebGpuBackend(): Promise<unknown> {
  return import("@tensorflow/tfjs-backend-webgpu").catch(missingPeer(WEBGPU_BACKEND));
}

export async function loadDawn(): Promise<typeof import("webgpu")> {
  return import("webgpu").catch(missingPeer(DAWN));
}

export async function loadVulkanDriver(): Promise<typeof import("@nin/vulkan-driver")> {
  return import("@nin/vulkan-driver").catch(missingPeer(VULKAN_DRIVER));
}
