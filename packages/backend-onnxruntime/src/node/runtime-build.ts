import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { findsLibrary, requireFrom } from "@nin/files";
import { RUNTIME, WEB_RUNTIME } from "./peers.js";

/** What the choice of onnxruntime-node's build depends on; tests give their own. */
export interface BuildPlace {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Whether the C library is glibc, which the builds for Linux are linked with; musl, of Alpine, is another one. */
  readonly glibc: boolean;
  /** The folder of the package; undefined where it is part of a bundle. */
  readonly packageFolder: string | undefined;
}

/** This machine and the package that is installed on it. */
export function thisBuild(): BuildPlace {
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: process.platform !== "linux" || findsLibrary("libc.so.6"),
    packageFolder: packageFolder(),
  };
}

/**
 * Why onnxruntime-node, though it is installed, cannot be loaded here, and what can be used in its place; undefined where
 * it has a build for this machine.
 */
export function buildObstacle({ platform, arch, glibc, packageFolder }: BuildPlace): string | undefined {
  if (packageFolder === undefined) return undefined;
  const library = join(buildFolder(packageFolder, platform, arch), "onnxruntime_binding.node");
  if (glibc && existsSync(library)) return undefined;
  const here = `${platform} ${arch}${glibc ? "" : " without glibc"}`;
  return (
    `${RUNTIME.name} has no build for ${here}; the device wasm runs here ` +
    `(\`npm install ${WEB_RUNTIME.install}\`)`
  );
}

/** Where onnxruntime-node keeps the libraries for a machine. */
export function buildFolder(
  folder: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): string {
  return join(folder, "bin", "napi-v6", platform, arch);
}

/** The folder of the installed package; undefined where it is part of a bundle. */
export function packageFolder(): string | undefined {
  try {
    return dirname(requireFrom(import.meta.url).resolve(`${RUNTIME.name}/package.json`));
  } catch {
    return undefined;
  }
}
