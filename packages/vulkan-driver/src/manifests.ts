import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { readTextBoundedSync } from "@nin/files";
import type { AdapterKind } from "./adapter.js";
import type { Machine } from "./platform.js";

/** A manifest has some hundred. */
const MAX_MANIFEST_BYTES = 1 << 20;

/** An installable client driver's manifest, as the Vulkan loader reads it. */
export interface Manifest {
  readonly path: string;
  readonly kind: AdapterKind;
  readonly origin: "environment" | "system";
}

/**
 * The usable manifests: those that the user's `VK_DRIVER_FILES` (or the older
 * `VK_ICD_FILENAMES`) names when it is set, else those of the system's folders.
 *
 * Source: Khronos, Vulkan Loader, Loader-Driver Interface, Driver Discovery on Linux.
 */
export function findManifests(machine: Machine): readonly Manifest[] {
  const named = machine.env.VK_DRIVER_FILES ?? machine.env.VK_ICD_FILENAMES;
  const origin = named === undefined ? "system" : "environment";
  const places =
    named === undefined ? systemFolders(machine) : named.split(":").filter((path) => path !== "");
  return places.flatMap(manifestFiles).flatMap((path) => {
    const library = usableLibrary(path);
    return library === undefined ? [] : [{ path, kind: kindOf(path, library), origin } as const];
  });
}

function systemFolders({ env, homeFolder, root }: Machine): readonly string[] {
  const ownData = env.XDG_DATA_HOME ?? join(homeFolder, ".local/share");
  const folders = [`${root}etc`, ownData, `${root}usr/local/share`, `${root}usr/share`];
  return folders.map((folder) => join(folder, "vulkan/icd.d"));
}

/** A manifest itself, or those in a folder, by name. */
function manifestFiles(place: string): readonly string[] {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(place, name));
}

/** The driver's library, unless the manifest is broken, for another word size, or names a file that is not there. */
function usableLibrary(path: string): string | undefined {
  // Distributions that install 32-bit drivers too name them so.
  if (/i[36]86|i386/.test(basename(path))) return undefined;
  try {
    const manifest: { readonly ICD?: { readonly library_path?: unknown } } = JSON.parse(
      readTextBoundedSync(path, MAX_MANIFEST_BYTES),
    );
    const library = manifest.ICD?.library_path;
    if (typeof library !== "string") return undefined;
    // A bare name is looked for by the dynamic linker, whose paths are not known here.
    if (!library.includes("/")) return library;
    const file = isAbsolute(library) ? library : resolve(dirname(path), library);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(path: string, library: string): AdapterKind {
  const names = `${basename(path)} ${basename(library)}`;
  if (/lvp|lavapipe/.test(names)) return "lavapipe";
  return names.includes("swiftshader") ? "swiftshader" : "gpu";
}
