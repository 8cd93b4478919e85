import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.js";
import { publishedPackages, type WorkspacePackage } from "../workspace.js";
import { type CommandResult, runCommand } from "./run-command.js";

/** A package as it would be published. */
export interface PackedPackage extends WorkspacePackage {
  /** The tarball, absolute. */
  readonly tarball: string;
}

/** Packs every published package into a folder. The packages must be built. */
export async function packAll(destination: string): Promise<void> {
  const filters = publishedPackages().flatMap(({ manifest }) => ["--filter", manifest.name]);
  const pack = ["--recursive", ...filters, "pack", "--pack-destination", destination];
  const { status, stdout, stderr } = await runPnpm(pack);
  if (status !== 0) throw new Error(`pnpm pack ended with ${status}: ${stdout}${stderr}`);
}

/** Every published package with its tarball, which `packAll` has put into a folder. */
export function packedPackages(folder: string): readonly PackedPackage[] {
  return publishedPackages().map((source) => ({
    ...source,
    tarball: join(folder, tarballName(source.manifest.name, source.manifest.version)),
  }));
}

function tarballName(name: string, version: string): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/** A packed package and those of ours that it depends on; optional peer dependencies are left to those who install it. */
export function withDependencies(packed: readonly PackedPackage[], name: string): readonly PackedPackage[] {
  const needed = new Set([name]);
  // A set goes over what is added on the way, too.
  for (const each of needed) {
    const manifest = packed.find((found) => found.manifest.name === each)?.manifest;
    const ours = Object.keys(manifest?.dependencies ?? {}).filter((other) => other.startsWith("@nin/"));
    for (const other of ours) needed.add(other);
  }
  return packed.filter(({ manifest }) => needed.has(manifest.name));
}

/** Runs the repository's pnpm in its root: the one that runs this process, else npm fetches it. */
function runPnpm(args: readonly string[]): Promise<CommandResult> {
  const script = process.env.npm_execpath;
  if (script !== undefined && /pnpm\.[cm]?js$/.test(script)) {
    return runCommand(process.execPath, [script, ...args], root);
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    packageManager: string;
  };
  return runCommand("npx", ["--yes", packageManager, ...args], root);
}
