import type { Device, DeviceDetail } from "@nin/backend";
import { availableParallelism } from "@nin/files";
import { bestAdapter, packageVersion } from "@nin/vulkan-driver";
import { findNativePackages } from "./native-packages.js";

/** A device with what files tell of it, where it is usable: nothing is started. */
export function withDetails(device: Device): Device {
  return device.available
    ? {
        ...device,
        details: [...packageVersion(import.meta.url, "@tensorflow/tfjs-core"), ...ownDetails(device.id)],
      }
    : device;
}

function ownDetails(id: string): readonly DeviceDetail[] {
  if (id === "tensorflow") return nativeDetails();
  if (id === "webgpu") return webGpuDetails();
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

function webGpuDetails(): readonly DeviceDetail[] {
  const adapter = bestAdapter();
  const runtime = packageVersion(import.meta.url, "@tensorflow/tfjs-backend-webgpu");
  if (adapter === undefined) return runtime;
  return [
    ...runtime,
    { name: "adapter", value: adapter.id },
    { name: "software", value: adapter.id !== "gpu" },
  ];
}
