import type { Device, DeviceDetail } from "@nin/backend";
import { availableParallelism, installedVersions } from "@nin/files";
import { findNativePackages } from "./native-packages.js";
import { CORE, WEBGPU_BACKEND } from "./peers.js";

/** A device with what files say of it, where it is usable: nothing is started. */
export function withDetails(device: Device): Device {
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
