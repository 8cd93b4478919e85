import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../repository.js";
import { type Manifest, publishedPackages } from "../workspace.js";

/** A package of others that comes along when one of ours is installed. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Which of ours depend on it themselves; none for what only others depend on. */
  readonly usedBy: readonly string[];
}

/** Every package that is installed for those that are published, by name. */
export function installedThirdParties(): readonly ThirdParty[] {
  const found = new Map<string, ThirdParty>();
  const ours = publishedPackages();
  for (const { folder } of ours) collect(join(root, folder), found);
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, party]) => party);
}

/** The end of the name of a package that has a binary. */
const PLATFORM = /(?<=^@img\/sharp-(?:libvips-)?)(?:darwin|linux|linuxmusl|win32)-[a-z0-9]+$/;

function collect(folder: string, found: Map<string, ThirdParty>): void {
  const { name: user, dependencies, optionalDependencies } = readManifest(folder);
  const optional = (optionalDependencies ?? {}) as NonNullable<Manifest["dependencies"]>;
  const names = Object.keys({ ...dependencies, ...optional });
  for (const dependency of names.filter((each) => !each.startsWith("@nin/"))) {
    const place = folderOf(dependency, folder);
    // Binaries of other platforms are not installed.
    if (place === undefined && dependency in optional) continue;
    if (place === undefined) throw new Error(`${dependency} is not installed for ${folder}`);
    const { version, license, ...manifest } = readManifest(place);
    const name = manifest.name.replace(PLATFORM, "PLATFORM");
    // Two versions of a package are two that come along.
    const key = `${name} ${version}`;
    const known = found.get(key);
    const usedBy = [...(known?.usedBy ?? []), ...(user.startsWith("@nin/") ? [user] : [])];
    found.set(key, { name, version, licence: String(license), usedBy });
    if (known === undefined) collect(place, found);
  }
}

function folderOf(name: string, from: string): string | undefined {
  const places = createRequire(join(from, "package.json")).resolve.paths(name) ?? [];
  const place = places.map((path) => join(path, name)).find((path) => existsSync(join(path, "package.json")));
  return place === undefined ? undefined : realpathSync(place);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
