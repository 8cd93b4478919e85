import type { Device, Hardware } from "@nin/backend";
import { gpuName, processorName } from "@nin/files";
import { type AdapterDescription, type AdapterKind, adapterKinds, type VulkanDriver } from "./adapter.js";
import { packageObstacle } from "./cache-folder.js";
import { findManifests } from "./manifests.js";
import { hasGpu, type Machine, swiftShaderObstacle, thisMachine } from "./platform.js";
import { swiftShaderFiles } from "./swiftshader.js";

/**
 * The Vulkan driver of a kind, or the best there is: a GPU's, lavapipe, SwiftShader.
 * Undefined when there is none, and on systems where WebGPU does not use Vulkan (macOS, Windows).
 */
export function findVulkanDriver(
  kind?: AdapterKind,
  machine: Machine = thisMachine(),
): VulkanDriver | undefined {
  const kinds = kind === undefined ? adapterKinds : [kind];
  for (const candidate of kinds) {
    const found = lookFor(candidate, machine);
    if (typeof found !== "string") return found;
  }
  return undefined;
}

/** Each kind of adapter: whether it can be used here, or why not. */
export function listAdapters(machine: Machine = thisMachine()): readonly AdapterDescription[] {
  return adapterKinds.map((id) => {
    const usable = { id, available: true, hardware: hardwareOf(id, machine) } as const;
    if (id === "gpu" && !usesVulkan(machine)) return { ...usable, name: nativeGraphics(machine) };
    const found = lookFor(id, machine);
    const name = NAMES[id];
    return typeof found === "string" ? { id, name, available: false, reason: found } : { ...usable, name };
  });
}

/** What WebGPU computes on where no adapter is named: the first of `listAdapters` that can be used here. */
export function bestAdapter(): AdapterDescription | undefined {
  return listAdapters().find(({ available }) => available);
}

/**
 * WebGPU on the best adapter as one device, for a backend that leaves the choice of an adapter to its runtime; where there
 * is none, with every adapter's reason.
 */
export function webGpuDevice(): Device {
  const best = bestAdapter();
  if (best !== undefined) return { ...best, id: "webgpu" };
  const reasons = listAdapters().map(({ name, reason }) => `${name}: ${reason}`);
  return { id: "webgpu", name: "WebGPU", available: false, reason: reasons.join("; ") };
}

/** Whether WebGPU reaches its adapters through Vulkan here. */
export function usesVulkan(machine: Machine): boolean {
  return machine.platform !== "darwin" && machine.platform !== "win32";
}

/** The driver, or why there is none. */
export function lookFor(kind: AdapterKind, machine: Machine): VulkanDriver | string {
  if (!usesVulkan(machine)) return `${machine.platform} has its own graphics; choose gpu`;
  const manifests = findManifests(machine).filter((manifest) => manifest.kind === kind);
  const origin = manifests[0]?.origin;
  if (kind === "gpu" && origin === "system" && !hasGpu(machine)) {
    return "Vulkan drivers are installed, but no GPU is visible (/dev/dri/renderD*, /dev/nvidia0)";
  }
  if (origin !== undefined) return { kind, origin, manifests: manifests.map(({ path }) => path) };
  if (kind !== "swiftshader") return ABSENT[kind];
  const obstacle = swiftShaderObstacle(machine) ?? packageObstacle();
  return obstacle ?? { kind, origin: "npm", manifests: [swiftShaderFiles(machine).manifest] };
}

function hardwareOf(kind: AdapterKind, machine: Machine): Hardware {
  return kind === "gpu"
    ? { kind: "gpu", name: gpuName(machine.root) }
    : { kind: "cpu", name: processorName(), driver: kind };
}

const NAMES: Readonly<Record<AdapterKind, string>> = {
  gpu: "GPU through Vulkan",
  lavapipe: "Mesa lavapipe (software)",
  swiftshader: "SwiftShader (software)",
};

const ABSENT = {
  gpu: "no Vulkan driver of a GPU was found; install the GPU's driver",
  lavapipe:
    "no Mesa lavapipe was found; install it (Debian, Ubuntu: mesa-vulkan-drivers, version 25 or later)",
} as const;

function nativeGraphics({ platform }: Machine): string {
  return platform === "darwin" ? "GPU through Metal" : "GPU through Direct3D 12";
}
