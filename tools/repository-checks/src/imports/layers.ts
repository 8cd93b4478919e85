/**
 * The packages from the bottom to the top: shipped code imports only from lower layers, so that no
 * backend imports another.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["packages/spec"],
  ["packages/backend"],
  ["packages/files"],
  ["packages/safetensors", "packages/data", "packages/vulkan-driver", "packages/page"],
  ["packages/training"],
  ["packages/conformance", "packages/registry", "packages/study"],
  ["apps/bench", "apps/playground"],
  ["apps/cli"],
];

const BACKEND_LAYER = 4;
const FIRST_APP_LAYER = 6;
const TOOLS_LAYER = LAYERS.length;

/** Where a package stands, from 0 at the bottom; undefined for a folder that the order does not know. */
export function layerOf(folder: string): number | undefined {
  if (isBackend(folder)) return BACKEND_LAYER;
  if (folder.startsWith("tools/")) return TOOLS_LAYER;
  const layer = LAYERS.findIndex((folders) => folders.includes(folder));
  return layer < 0 ? undefined : layer;
}

export function isBackend(folder: string): boolean {
  return folder.startsWith("packages/backend-");
}

export function isApp(folder: string): boolean {
  const layer = layerOf(folder) ?? 0;
  return layer >= FIRST_APP_LAYER && layer < TOOLS_LAYER;
}

/** Packages whose shipped code imports no runtime: neither Node's modules nor anyone else's packages. */
export const withoutRuntime: readonly string[] = ["packages/spec", "packages/backend"];
