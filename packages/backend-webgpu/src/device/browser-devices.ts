import type { DeviceSource } from "../backend.js";
import { databaseStore } from "../tuning/database-store.js";
import { openDevice } from "./open-device.js";

declare const navigator: { readonly gpu?: GPU } | undefined;

/** The page's or worker's own WebGPU: one device, `gpu`, whatever the browser's adapter is. */
export function browserDevices(gpu: GPU | undefined = ownGpu()): DeviceSource {
  return {
    tuning: databaseStore(),
    list: async () => [
      gpu === undefined
        ? { id: "gpu", name: "WebGPU", available: false, reason: "this browser has no WebGPU" }
        : { id: "gpu", name: "the browser's WebGPU adapter", available: true },
    ],
    open: (id) => {
      if (gpu === undefined) throw new Error("webgpu: opened without WebGPU");
      return openDevice(gpu, id);
    },
  };
}

function ownGpu(): GPU | undefined {
  return typeof navigator === "undefined" ? undefined : navigator.gpu;
}
