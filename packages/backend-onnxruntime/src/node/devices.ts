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
import { loadRuntime, loadVulkanDriver, loadWebRuntime, RUNTIME, WEB_RUNTIME } from "./peers.js";
import { buildObstacle, thisBuild } from "./runtime-build.js";

const WEBGPU = { id: "webgpu", name: "WebGPU" } as const;
const CUDA = { id: "cuda", name: "NVIDIA CUDA" } as const;

/** The devices of ONNX Runtime on this machine, as far as files tell: nothing is started, for details neither. */
export async function listDevices({ details = false }: DeviceListOptions): Promise<readonly Device[]> {
  const devices = [...(await nativeDevices()), await wasmDevice()];
  return details ? Promise.all(devices.map(withDetails)) : devices;
}

/** Those of onnxruntime-node. */
async function nativeDevices(): Promise<readonly Device[]> {
  const obstacle =
    (await peerObstacle(RUNTIME, import.meta.url, loadRuntime))?.message ?? buildObstacle(thisBuild());
  return obstacle === undefined
    ? [cpuDevice(), await webGpuDevice(), await cudaDevice()]
    : [cpuDevice(), WEBGPU, CUDA].map((device) => unavailable(device, obstacle));
}

/** That of onnxruntime-web, which runs wherever Node does. */
async function wasmDevice(): Promise<Device> {
  const name = processorName();
  const device = { id: "wasm", name: `WebAssembly, ${threadsText(availableParallelism())}` };
  const missing = await peerObstacle(WEB_RUNTIME, import.meta.url, loadWebRuntime);
  if (missing !== undefined) return unavailable(device, missing.message);
  return { ...device, available: true, hardware: { kind: "cpu", name } };
}

async function withDetails(device: Device): Promise<Device> {
  if (!device.available) return device;
  const [version] = Object.entries(
    device.id === "wasm" ? await webVersions() : installedVersions(import.meta.url, [RUNTIME.name]),
  );
  return {
    ...device,
    details: [
      ...(version === undefined ? [] : [{ name: version[0], value: version[1] }]),
      ...ownDetails(device),
    ],
  };
}

function ownDetails({ id, hardware }: Device): readonly DeviceDetail[] {
  if (id === "cpu" || id === "wasm") return [{ name: "threads", value: availableParallelism() }];
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

/** Of onnxruntime-web, whose package shows its version only to who imports it. */
export async function webVersions(): Promise<Readonly<Record<string, string>>> {
  const version = await loadWebRuntime().then(
    ({ env }) => env.versions.web,
    () => undefined,
  );
  return version === undefined ? {} : { [WEB_RUNTIME.name]: version };
}

function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
