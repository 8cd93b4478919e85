import {
  adapterHardware,
  type Device,
  DeviceUnavailableError,
  NO_WEBGPU,
  requestAdapter,
} from "@nin/backend";
import type { DeviceSource } from "./backend.js";
import { adapterDetails } from "./device/adapter-details.js";
import { BACKEND } from "./device/gpu-context.js";
import { openDevice } from "./device/open-device.js";
import { databaseStore } from "./tuning/database-store.js";

const DEVICE = { id: "gpu", name: "the browser's WebGPU adapter", available: true } as const;

declare const navigator: { readonly gpu?: GPU } | undefined;

/** The page's or worker's own WebGPU: one device, `gpu`, whatever the browser's adapter is. */
export function browserDevices(gpu: GPU | undefined = ownGpu()): DeviceSource {
  return {
    tuning: databaseStore(),
    list: async ({ details = false } = {}) => {
      if (gpu === undefined) return [unavailable(NO_WEBGPU)];
      // A browser may have WebGPU, and no adapter for it.
      const adapter = await requestAdapter(gpu);
      if (typeof adapter === "string") return [unavailable(adapter)];
      const device = { ...DEVICE, hardware: adapterHardware(adapter.info) };
      return [details ? { ...device, details: adapterDetails(adapter) } : device];
    },
    async open(id) {
      if (gpu === undefined) throw new DeviceUnavailableError(BACKEND, id, NO_WEBGPU);
      return openDevice(gpu, id);
    },
  };
}

function unavailable(reason: string): Device {
  return { id: DEVICE.id, name: "WebGPU", available: false, reason };
}

function ownGpu(): GPU | undefined {
  return typeof navigator === "undefined" ? undefined : navigator.gpu;
}
