import { join } from "node:path";
import { publishedPackages, type WorkspacePackage } from "../workspace.js";
import { runPnpm } from "./pnpm.js";

/** A package as it would be published. */
export interface PackedPackage extends WorkspacePackage {
  /** The tarball, absolute. */
  readonly tarball: string;
}

/** Packs every published package into a folder. The packages must be built. */
export async function packAll(destination: string): Promise<readonly PackedPackage[]> {
  const packages = publishedPackages();
  const filters = packages.flatMap(({ manifest }) => ["--filter", manifest.name]);
  const pack = ["--recursive", ...filters, "pack", "--pack-destination", destination];
  const { status, stdout, stderr } = await runPnpm(pack);
  if (status !== 0) throw new Error(`pnpm pack ended with ${status}: ${stdout}${stderr}`);
  return packages.map((source) => ({
    ...source,
    tarball: join(destination, tarballName(source.manifest.name, source.manifest.version)),
  }));
}

function tarballName(name: string, version: string): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}
