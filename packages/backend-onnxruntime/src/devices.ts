import { availableParallelism, cpus } from "node:os";
import type { Device } from "@nin/backend";
import { listAdapters } from "@nin/software-adapter";
import { cudaObstacle } from "./cuda.js";

/** The devices of this backend on this machine, as far as files tell: nothing is started. */
export async function listDevices(): Promise<readonly Device[]> {
  return [cpuDevice(), webgpuDevice(), await cudaDevice()];
}

function cpuDevice(): Device {
  const model = cpus()[0]?.model.trim() ?? "processor";
  return { id: "cpu", name: `${model}, ${availableParallelism()} threads`, available: true };
}

function webgpuDevice(): Device {
  const adapters = listAdapters();
  const usable = adapters.find(({ available }) => available);
  if (usable !== undefined) return { id: "webgpu", name: usable.name, available: true };
  const reason = adapters.map(({ name, reason: why }) => `${name}: ${why}`).join("; ");
  return { id: "webgpu", name: "WebGPU", available: false, reason };
}

async function cudaDevice(): Promise<Device> {
  const reason = await cudaObstacle();
  const device = { id: "cuda", name: "NVIDIA CUDA" };
  return reason === undefined ? { ...device, available: true } : { ...device, available: false, reason };
}
