import type { Device, DeviceDetail, DeviceListOptions } from "@nin/backend";
import {
  availableParallelism,
  gpuName,
  installedVersions,
  MissingPackageError,
  peerObstacle,
  processorName,
} from "@nin/files";
import { cudaObstacle } from "./cuda.js";
import { loadRuntime, loadVulkanDriver, RUNTIME } from "./peers.js";

const WEBGPU = { id: "webgpu", name: "WebGPU" } as const;
const CUDA = { id: "cuda", name: "NVIDIA CUDA" } as const;

/** The devices of ONNX Runtime on this machine, as far as files tell: nothing is started, for details neither. */
export async function listDevices({ details = false }: DeviceListOptions): Promise<readonly Device[]> {
  const missing = await peerObstacle(RUNTIME, import.meta.url, loadRuntime);
  if (missing !== undefined) {
    return [cpuDevice(), WEBGPU, CUDA].map((device) => unavailable(device, missing.message));
  }
  const devices = [cpuDevice(), await webGpuDevice(), await cudaDevice()];
  return details ? devices.map(withDetails) : devices;
}

function withDetails(device: Device): Device {
  if (!device.available) return device;
  const [version] = Object.entries(installedVersions(import.meta.url, [RUNTIME.name]));
  return {
    ...device,
    details: [
      ...(version === undefined ? [] : [{ name: version[0], value: version[1] }]),
      ...ownDetails(device),
    ],
  };
}

function ownDetails({ id, hardware }: Device): readonly DeviceDetail[] {
  if (id === "cpu") return [{ name: "threads", value: availableParallelism() }];
  if (id !== "webgpu" || hardware === undefined) return [];
  const { kind, driver = kind } = hardware;
  return [
    { name: "adapter", value: driver },
    { name: "software", value: kind === "cpu" },
  ];
}

function cpuDevice(): Device {
  const name = processorName();
  return {
    id: "cpu",
    name: `${name}, ${threadsText(availableParallelism())}`,
    available: true,
    hardware: { kind: "cpu", name },
  };
}

async function webGpuDevice(): Promise<Device> {
  try {
    return (await loadVulkanDriver()).webGpuDevice();
  } catch (error) {
    if (!(error instanceof MissingPackageError)) throw error;
    return unavailable(WEBGPU, error.message);
  }
}

async function cudaDevice(): Promise<Device> {
  const reason = await cudaObstacle();
  if (reason !== undefined) return unavailable(CUDA, reason);
  return { ...CUDA, available: true, hardware: { kind: "gpu", name: gpuName(), driver: "cuda" } };
}

function unavailable({ id, name }: Pick<Device, "id" | "name">, reason: string): Device {
  return { id, name, available: false, reason };
}

function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
