import { cpus } from "node:os";
import type { Device, DeviceDetail, DeviceListOptions } from "@nin/backend";
import { availableParallelism } from "@nin/files";
import { bestAdapter, packageVersion, webGpuDevice } from "@nin/vulkan-driver";
import { cudaObstacle } from "./cuda.js";

/** The devices of this backend on this machine, as far as files tell: nothing is started, for details neither. */
export async function listDevices({ details = false }: DeviceListOptions = {}): Promise<readonly Device[]> {
  const devices = [cpuDevice(), webGpuDevice(), await cudaDevice()];
  return details ? devices.map(withDetails) : devices;
}

function withDetails(device: Device): Device {
  return device.available
    ? {
        ...device,
        details: [...packageVersion(import.meta.url, "onnxruntime-node"), ...ownDetails(device.id)],
      }
    : device;
}

function ownDetails(id: string): readonly DeviceDetail[] {
  if (id === "cpu") return [{ name: "threads", value: availableParallelism() }];
  const adapter = id === "webgpu" ? bestAdapter() : undefined;
  if (adapter === undefined) return [];
  return [
    { name: "adapter", value: adapter.id },
    { name: "software", value: adapter.id !== "gpu" },
  ];
}

function cpuDevice(): Device {
  const model = cpus()[0]?.model.trim() ?? "processor";
  return { id: "cpu", name: `${model}, ${threadsText(availableParallelism())}`, available: true };
}

async function cudaDevice(): Promise<Device> {
  const reason = await cudaObstacle();
  const device = { id: "cuda", name: "NVIDIA CUDA" };
  return reason === undefined ? { ...device, available: true } : { ...device, available: false, reason };
}

function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
