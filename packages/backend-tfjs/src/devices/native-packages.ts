import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readTextBoundedSync } from "@nin/files";
import { FieldReader, parseJson } from "@nin/spec";
import { type InstalledTensorFlow, readInstalled } from "./installed.js";

/** A copy of tfjs-node that looks as if it can be loaded. */
export interface NativePackage {
  /** For a person: which package, and which TensorFlow where that is known. */
  readonly name: string;
  /** What `require` is to load. */
  readonly entry: string;
  readonly gpu: boolean;
}

/** What was looked for and is not usable, and why. */
export interface MissingPackage {
  readonly name: string;
  readonly reason: string;
}

export type FoundPackage = NativePackage | MissingPackage;

/** A `package.json` has some thousand. */
const MAX_PACKAGE_BYTES = 1 << 20;

const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;

/**
 * Every copy of tfjs-node that may be loaded here, the preferred one first: those that the user installed next to
 * this package or in the working folder, then what `nin setup tensorflow` made. Looks at files only.
 */
export function findNativePackages(): readonly FoundPackage[] {
  return [...PACKAGES.map(findInstalled), ...readInstalled().map(describeMade)];
}

function findInstalled(name: (typeof PACKAGES)[number]): FoundPackage {
  const folder = folderOf(name);
  if (folder === undefined) return { name, reason: "it is not installed" };
  const obstacle = packageObstacle(folder);
  if (obstacle !== undefined) return { name, reason: obstacle };
  return {
    name: `${name} ${versionOf(join(folder, "package.json"))}`,
    entry: folder,
    gpu: name.endsWith("-gpu"),
  };
}

function versionOf(path: string): string {
  try {
    const manifest = new FieldReader(parseJson(readTextBoundedSync(path, MAX_PACKAGE_BYTES), path), "");
    return manifest.string("version");
  } catch {
    // Only named: whether it can be loaded is seen when it is.
    return "of an unknown version";
  }
}

function describeMade({
  entry,
  tensorFlowVersion,
  tfjsVersion,
  variant,
}: InstalledTensorFlow): NativePackage {
  const name = `TensorFlow ${tensorFlowVersion} under @tensorflow/tfjs-node ${tfjsVersion}`;
  return { name, entry, gpu: variant === "cuda" };
}

/** Why a copy of tfjs-node cannot be loaded, as far as its files tell: its install script may not have run. */
export function packageObstacle(folder: string): string | undefined {
  const addons = join(folder, "lib");
  const built = existsSync(addons) ? readdirSync(addons, { recursive: true }) : [];
  if (!built.some((path) => String(path).endsWith("tfjs_binding.node"))) {
    return "its native addon is missing (its install script was not run, or failed)";
  }
  const libraries = join(folder, "deps", "lib");
  const names = existsSync(libraries) ? readdirSync(libraries) : [];
  const library = names.find((name) => /^(?:lib)?tensorflow\.(?:so|dll|2\.dylib)/.test(name));
  if (library === undefined || !existsSync(join(libraries, library))) {
    return "TensorFlow's library is missing (its install script was not run, or failed)";
  }
  return undefined;
}

function folderOf(name: string): string | undefined {
  for (const from of [() => import.meta.url, () => join(process.cwd(), "package.json")]) {
    try {
      return dirname(createRequire(from()).resolve(`${name}/package.json`));
    } catch {
      // Not installed where this one looks, or the working folder is gone.
    }
  }
  return undefined;
}
