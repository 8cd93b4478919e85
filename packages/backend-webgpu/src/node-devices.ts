import { type Device, DeviceUnavailableError, Memo } from "@nin/backend";
import { installedVersions, MissingPackageError, peerObstacle } from "@nin/files";
import type { DeviceSource } from "./backend.js";
import { BACKEND } from "./device/gpu-context.js";
import { withDetails } from "./device/node-details.js";
import { DAWN, loadDawn, loadVulkanDriver } from "./device/node-peers.js";
import { openDevice } from "./device/open-device.js";
import { folderStore } from "./tuning/folder-store.js";

/**
 * Options without which Dawn hides what is not in WebGPU yet (matrix products of subgroups on tensor cores) and f16 on
 * NVIDIA's GPUs.
 */
export const DAWN_OPTIONS = ["enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia"];

/** Dawn needs its instance until the process ends. */
const instances = new Memo<"dawn", GPU>();

/** The adapters of this machine, through Dawn: a GPU, lavapipe, SwiftShader. Nothing is loaded before one is opened. */
export function nodeDevices(): DeviceSource {
  return {
    tuning: folderStore(),
    list: async ({ details = false } = {}) => {
      const devices = await listDevices();
      return details ? Promise.all(devices.map(withDetails)) : devices;
    },
    versions: async () => installedVersions(import.meta.url, [DAWN.name]),
    requireRuntime: async () => {
      await loadDawn();
      await loadVulkanDriver();
    },
    async open(id) {
      await prepare(id);
      return openDevice(await instances.get("dawn", createInstance), id);
    },
  };
}

/** The adapters as devices; all of them unavailable where a package is missing. */
async function listDevices(): Promise<readonly Device[]> {
  const missing = await peerObstacle(DAWN, import.meta.url, loadDawn);
  if (missing !== undefined) return unavailable(missing);
  try {
    return (await loadVulkanDriver()).listAdapters();
  } catch (error) {
    if (!(error instanceof MissingPackageError)) throw error;
    return unavailable(error);
  }
}

function unavailable({ message }: MissingPackageError): readonly Device[] {
  const ids = ["gpu", "lavapipe", "swiftshader"];
  return ids.map((id) => ({ id, name: "WebGPU", available: false, reason: message }));
}

async function createInstance(): Promise<GPU> {
  const { create } = await loadDawn();
  return create(DAWN_OPTIONS);
}

/** A process has one adapter; asking for another one fails with the way out. */
async function prepare(id: string): Promise<void> {
  const { listAdapters, prepareSoftwareAdapter } = await loadVulkanDriver();
  const kind = listAdapters().find((adapter) => adapter.id === id)?.id;
  if (kind === undefined) throw new DeviceUnavailableError(BACKEND, id, "there is no such adapter");
  try {
    await prepareSoftwareAdapter({ prefer: kind });
  } catch (error) {
    throw new DeviceUnavailableError(BACKEND, kind, error instanceof Error ? error.message : String(error));
  }
}
