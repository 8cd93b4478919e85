import { missingPeer, type PeerPackage } from "@nin/files";
import type { OnnxRuntime } from "../runtime/onnx-runtime.js";
import type { WebRuntime } from "../runtime/web-runtime.js";

/** The runtime, which users install: an optional peer dependency. */
export const RUNTIME: PeerPackage = { name: "onnxruntime-node", install: "onnxruntime-node@1.30" };

/** The runtime of the device `wasm`. */
export const WEB_RUNTIME: PeerPackage = { name: "onnxruntime-web", install: "onnxruntime-web@1.30" };

const VULKAN_DRIVER: PeerPackage = { name: "@nin/vulkan-driver", install: "@nin/vulkan-driver" };

/** @throws `MissingPackageError` when it is not installed */
export async function loadRuntime(): Promise<OnnxRuntime> {
  return import("onnxruntime-node").catch(missingPeer(RUNTIME));
}

/** For `wasm` alone; starts nothing. @throws `MissingPackageError` when it is not installed */
export async function loadWebRuntime(): Promise<WebRuntime> {
  return import("onnxruntime-web").catch(missingPeer(WEB_RUNTIME));
}

/** For WebGPU alone. @throws `MissingPackageError` when it is not installed */
export async function loadVulkanDriver(): Promise<typeof import("@nin/vulkan-driver")> {
  return import("@nin/vulkan-driver").catch(missingPeer(VULKAN_DRIVER));
}
