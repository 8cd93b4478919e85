import type { Hardware } from "@nin/backend";
import { gpuName, processorName } from "@nin/files";
import { type AdapterDescription, type AdapterKind, adapterKinds, type VulkanDriver } from "./adapter.js";
import { findManifests } from "./manifests.js";
import { hasGraphicsCard, type Machine, swiftShaderObstacle } from "./platform.js";
import { packageObstacle, swiftShaderFiles } from "./swiftshader.js";
import { thisMachine } from "./this-machine.js";

/**
 * The Vulkan driver of a kind, or the best there is: a graphics card's, lavapipe, SwiftShader.
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

/** Whether WebGPU reaches its adapters through Vulkan here. */
export function usesVulkan(machine: Machine): boolean {
  return machine.platform !== "darwin" && machine.platform !== "win32";
}

/** The driver, or why there is none. */
export function lookFor(kind: AdapterKind, machine: Machine): VulkanDriver | string {
  if (!usesVulkan(machine)) return `${machine.platform} has its own graphics; choose gpu`;
  const manifests = findManifests(machine).filter((manifest) => manifest.kind === kind);
  const origin = manifests[0]?.origin;
  if (kind === "gpu" && origin === "system" && !hasGraphicsCard(machine)) {
    return "Vulkan drivers are installed, but no graphics card is visible (/dev/dri/renderD*, /dev/nvidia0)";
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
  gpu: "graphics card through Vulkan",
  lavapipe: "Mesa lavapipe (software)",
  swiftshader: "SwiftShader (software)",
};

const ABSENT = {
  gpu: "no Vulkan driver of a graphics card was found; install the card's driver",
  lavapipe:
    "no Mesa lavapipe was found; install it (Debian, Ubuntu: mesa-vulkan-drivers, version 25 or later)",
} as const;

function nativeGraphics({ platform }: Machine): string {
  return platform === "darwin" ? "graphics card through Metal" : "graphics card through Direct3D 12";
}
