import type { WorkspacePackage } from "../workspace.js";

/** The first cycle among the packages' dependencies, those for development included; the builds would never begin. */
export function dependencyCycle(packages: readonly WorkspacePackage[]): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const { manifest } of packages) {
    const cycle = cycleFrom(manifest.name, [], packages, finished);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function cycleFrom(
  name: string,
  path: readonly string[],
  packages: readonly WorkspacePackage[],
  finished: Set<string>,
): readonly string[] | undefined {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
  const manifest = packages.find((candidate) => candidate.manifest.name === name)?.manifest;
  if (manifest === undefined || finished.has(name)) return undefined;
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const cycle = cycleFrom(dependency, [...path, name], packages, finished);
    if (cycle !== undefined) return cycle;
  }
  finished.add(name);
  return undefined;
}
