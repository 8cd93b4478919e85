import type { Device } from "@nin/backend";
import type { DeviceSource } from "../backend.js";
import { databaseStore } from "../tuning/database-store.js";
import { adapterDetails } from "./adapter-details.js";
import { NO_ADAPTER, openDevice, requestAdapter } from "./open-device.js";

const DEVICE = { id: "gpu", name: "the browser's WebGPU adapter", available: true } as const;

declare const navigator: { readonly gpu?: GPU } | undefined;

/** The page's or worker's own WebGPU: one device, `gpu`, whatever the browser's adapter is. */
export function browserDevices(gpu: GPU | undefined = ownGpu()): DeviceSource {
  return {
    tuning: databaseStore(),
    list: async ({ details = false } = {}) => {
      if (gpu === undefined) return [unavailable("this browser has no WebGPU")];
      if (!details) return [DEVICE];
      const adapter = await requestAdapter(gpu);
      return [adapter === null ? unavailable(NO_ADAPTER) : { ...DEVICE, details: adapterDetails(adapter) }];
    },
    open: (id) => {
      if (gpu === undefined) throw new Error("webgpu: opened without WebGPU");
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
