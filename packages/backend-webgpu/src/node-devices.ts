import { DeviceUnavailableError, Memo } from "@nin/backend";
import { type AdapterKind, listAdapters, prepareSoftwareAdapter } from "@nin/vulkan-driver";
import type { DeviceSource } from "./backend.js";
import { BACKEND } from "./device/gpu-context.js";
import { withDetails } from "./device/node-details.js";
import { openDevice } from "./device/open-device.js";
import { folderStore } from "./tuning/folder-store.js";

/**
 * Without these Dawn keeps to itself what is not in WebGPU yet, products of subgroups on tensor cores, and
 * f16 on NVIDIA's cards.
 */
export const DAWN_OPTIONS = ["enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia"];

/** Dawn needs its instance until the process ends. */
const instances = new Memo<"dawn", GPU>();

/** The adapters of this machine, through Dawn: a graphics card, lavapipe, SwiftShader. */
export function nodeDevices(): DeviceSource {
  return {
    tuning: folderStore(),
    list: async ({ details = false } = {}) => {
      const devices = listAdapters();
      return details ? Promise.all(devices.map(withDetails)) : devices;
    },
    async open(id) {
      const kind = listAdapters().find((adapter) => adapter.id === id)?.id;
      if (kind === undefined) throw new DeviceUnavailableError(BACKEND, id, "there is no such adapter");
      await prepare(kind);
      return openDevice(await instances.get("dawn", createInstance), id);
    },
  };
}

async function createInstance(): Promise<GPU> {
  const { create } = await import("webgpu");
  return create(DAWN_OPTIONS);
}

/** A process has one adapter; asking for another one fails with the way out. */
async function prepare(kind: AdapterKind): Promise<void> {
  try {
    await prepareSoftwareAdapter({ prefer: kind });
  } catch (error) {
    throw new DeviceUnavailableError(BACKEND, kind, error instanceof Error ? error.message : String(error));
  }
}
