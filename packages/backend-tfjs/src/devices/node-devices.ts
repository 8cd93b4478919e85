import { type Device, type DeviceDetail, DeviceUnavailableError, type Hardware, Memo } from "@nin/backend";
import {
  availableParallelism,
  gpuName,
  installedVersions,
  MissingPackageError,
  mostThreads,
  type PeerPackage,
  peerObstacle,
  processorName,
} from "@nin/files";
import type { OpenOptions, RuntimeSource } from "../backend.js";
import { BACKEND_ID } from "../runtime/backend-id.js";
import type { Runtime } from "../runtime/runtime.js";
import { openCpu } from "./cpu.js";
import { findNativePackages } from "./native-packages.js";
import {
  CORE,
  CPU_BACKEND,
  DAWN,
  loadCore,
  loadCpuBackend,
  loadDawn,
  loadVulkanDriver,
  loadWebGpuBackend,
  WEBGPU_BACKEND,
} from "./peers.js";
import { NATIVE_REMEDY, openTensorFlow, requireThreads } from "./tensorflow.js";
import { openWebGpu } from "./webgpu.js";

/** The devices of TensorFlow.js in Node: native TensorFlow, WebGPU through Dawn, plain JavaScript. */
export function nodeDevices(): RuntimeSource {
  const opened = new Memo<string, Runtime>();
  return {
    mostThreads: mostThreads(),
    list: async ({ details = false } = {}) => {
      const devices = await listDevices();
      return details ? devices.map(withDetails) : devices;
    },
    versions: async () =>
      installedVersions(
        import.meta.url,
        [CORE, CPU_BACKEND, WEBGPU_BACKEND, DAWN].map(({ name }) => name),
      ),
    requireRuntime: async () => {
      await loadCore();
    },
    async open(id, options) {
      if (id === "tensorflow" && opened.keys().includes(id)) requireThreads(options.threads);
      return opened.get(id, () => openDevice(id, options));
    },
  };
}

function openDevice(id: string, options: OpenOptions): Promise<Runtime> {
  if (id === "tensorflow") return openTensorFlow(options);
  if (id === "webgpu") return openWebGpu();
  if (id === "cpu") return openCpu();
  throw new DeviceUnavailableError(BACKEND_ID, id, "there is no such device");
}

async function listDevices(): Promise<readonly Device[]> {
  const missing = await missingOf([[CORE, loadCore]]);
  if (missing === undefined) return [tensorFlowDevice(), await webGpuDevice(), await cpuDevice()];
  return [NATIVE, WEBGPU, PLAIN].map((device) => ({ ...device, available: false, reason: missing.message }));
}

const NATIVE = { id: "tensorflow", name: "native TensorFlow" } as const;
const WEBGPU = { id: "webgpu", name: "WebGPU" } as const;
const PLAIN = { id: "cpu", name: "plain JavaScript, one thread" } as const;

function tensorFlowDevice(): Device {
  const packages = findNativePackages();
  const usable = packages.find((found) => "entry" in found);
  if (usable !== undefined) {
    const hardware: Hardware = usable.gpu ? { kind: "gpu", name: gpuName(), driver: "cuda" } : processor();
    return { id: NATIVE.id, name: usable.name, available: true, hardware, mixedFactors: "bfloat16" };
  }
  const reasons = packages.flatMap((found) => ("reason" in found ? [`${found.name}: ${found.reason}`] : []));
  return { ...NATIVE, available: false, reason: `${reasons.join("; ")}; ${NATIVE_REMEDY}` };
}

async function webGpuDevice(): Promise<Device> {
  const missing = await missingOf([
    [WEBGPU_BACKEND, loadWebGpuBackend],
    [DAWN, loadDawn],
  ]);
  if (missing !== undefined) return { ...WEBGPU, available: false, reason: missing.message };
  try {
    return (await loadVulkanDriver()).webGpuDevice();
  } catch (error) {
    if (!(error instanceof MissingPackageError)) throw error;
    return { ...WEBGPU, available: false, reason: error.message };
  }
}

async function cpuDevice(): Promise<Device> {
  const missing = await missingOf([[CPU_BACKEND, loadCpuBackend]]);
  if (missing !== undefined) return { ...PLAIN, available: false, reason: missing.message };
  const hardware = processor();
  return { ...PLAIN, name: `${PLAIN.name} (${hardware.name})`, available: true, hardware };
}

function processor(): Hardware {
  return { kind: "cpu", name: processorName() };
}

/** The first of some packages that is not installed. */
async function missingOf(
  peers: readonly (readonly [PeerPackage, () => Promise<unknown>])[],
): Promise<MissingPackageError | undefined> {
  for (const [peer, load] of peers) {
    const missing = await peerObstacle(peer, import.meta.url, load);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** A device with what files say of it, where it is usable: nothing is started. */
function withDetails(device: Device): Device {
  if (!device.available) return device;
  return { ...device, details: [...versionOf(CORE.name), ...ownDetails(device)] };
}

function ownDetails(device: Device): readonly DeviceDetail[] {
  if (device.id === "tensorflow") return nativeDetails();
  if (device.id === "webgpu") return webGpuDetails(device);
  return [{ name: "threads", value: 1 }];
}

function nativeDetails(): readonly DeviceDetail[] {
  const found = findNativePackages().find((candidate) => "entry" in candidate);
  if (found === undefined) return [];
  return [
    { name: "library", value: found.entry },
    { name: "cuda", value: found.gpu },
    { name: "threads", value: availableParallelism() },
  ];
}

function webGpuDetails({ hardware }: Device): readonly DeviceDetail[] {
  const runtime = versionOf(WEBGPU_BACKEND.name);
  if (hardware === undefined) return runtime;
  const { kind, driver = kind } = hardware;
  return [...runtime, { name: "adapter", value: driver }, { name: "software", value: kind === "cpu" }];
}

/** The version of an installed package as a detail; none where it is part of a bundle. */
function versionOf(name: string): readonly DeviceDetail[] {
  const versions = installedVersions(import.meta.url, [name]);
  return Object.entries(versions).map(([known, value]) => ({ name: known, value }));
}
