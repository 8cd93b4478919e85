import { cpus } from "node:os";
import { type Device, DeviceUnavailableError, Memo } from "@nin/backend";
import { mostThreads } from "@nin/files";
import { webGpuDevice } from "@nin/vulkan-driver";
import type { OpenOptions, RuntimeSource } from "../backend.js";
import { BACKEND_ID } from "../backend-id.js";
import type { Runtime } from "../runtime/runtime.js";
import { openCpu } from "./cpu.js";
import { findNativePackages } from "./native-packages.js";
import { NATIVE_REMEDY, openTensorFlow, requireThreads } from "./tensorflow.js";
import { openWebGpu } from "./webgpu.js";
import { withDetails } from "./with-details.js";

/** The devices of TensorFlow.js in Node: native TensorFlow, WebGPU through Dawn, plain JavaScript. */
export function nodeDevices(): RuntimeSource {
  const opened = new Memo<string, Runtime>();
  return {
    mostThreads: mostThreads(),
    list: async ({ details = false } = {}) => {
      const devices = [tensorFlowDevice(), webGpuDevice(), cpuDevice()];
      return details ? devices.map(withDetails) : devices;
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

function tensorFlowDevice(): Device {
  const packages = findNativePackages();
  const usable = packages.find((found) => "entry" in found);
  if (usable !== undefined) return { id: "tensorflow", name: usable.name, available: true };
  const reasons = packages.map((found) => `${found.name}: ${"reason" in found ? found.reason : ""}`);
  return {
    id: "tensorflow",
    name: "native TensorFlow",
    available: false,
    reason: `${reasons.join("; ")}; ${NATIVE_REMEDY}`,
  };
}

function cpuDevice(): Device {
  const model = cpus()[0]?.model.trim() ?? "processor";
  return { id: "cpu", name: `plain JavaScript, one thread (${model})`, available: true };
}
