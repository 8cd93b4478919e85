import type { Backend } from "@nin/backend";
import { createWebGpuBackend } from "./backend.js";
import { nodeDevices } from "./node-devices.js";

/** WebGPU in Node, on this machine's adapters. */
export function createNodeWebGpuBackend(): Backend {
  return createWebGpuBackend(nodeDevices());
}

export { nodeDevices } from "./node-devices.js";
