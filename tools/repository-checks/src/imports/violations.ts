import { posix } from "node:path";
import type { WorkspacePackage } from "../workspace.js";
import { dependencyCycle } from "./dependency-cycle.js";
import { isApp, isBackend, layerOf, withoutRuntime } from "./layers.js";
import { importSpecifiers, packageOf } from "./specifiers.js";

/** An import statement of a package's file. */
interface Import {
  readonly from: WorkspacePackage;
  readonly path: string;
  readonly specifier: string;
  /** Private packages, tests, their helpers and scripts are not published. */
  readonly isShipped: boolean;
}

const DEVELOPMENT = /\.test\.|(?:^|\/)testing\/|^scripts\/|^[^/]+\.config\./;
/** Bundled with what it imports, or given its runtime and compiled with the types of that: nobody installs either. */
const BUNDLED = /^src\/(?:in-page|tfjs)\//;
const REFERENCE = "packages/backend-reference";
const CONFORMANCE = "packages/conformance";

/** Every breach of the import rules in a workspace, as sentences; none when all is well. */
export function importViolations(packages: readonly WorkspacePackage[]): readonly string[] {
  const unplaced = packages
    .filter(({ folder }) => layerOf(folder) === undefined)
    .map(({ folder }) => `${folder} has no place among the layers (layers.ts)`);
  const cycle = dependencyCycle(packages);
  const cycles = cycle === undefined ? [] : [`the packages depend on each other: ${cycle.join(" -> ")}`];
  const imports = packages.flatMap(importsOf);
  const breaches = imports.flatMap((statement) =>
    breachesOf(statement, packages).map((breach) => `${locationOf(statement)} ${breach}`),
  );
  return [
    ...unplaced,
    ...cycles,
    ...breaches,
    ...packages.flatMap((each) => unusedDependencies(each, packages)),
  ];
}

function importsOf(from: WorkspacePackage): readonly Import[] {
  return from.code.flatMap(({ path, text }) =>
    importSpecifiers(text).map((specifier) => ({
      from,
      path,
      specifier,
      isShipped: from.manifest.private !== true && !DEVELOPMENT.test(path),
    })),
  );
}

function breachesOf(statement: Import, packages: readonly WorkspacePackage[]): readonly string[] {
  const { from, specifier } = statement;
  if (specifier.startsWith(".")) return relativeBreaches(statement);
  const name = packageOf(specifier);
  const target = packages.find(({ manifest }) => manifest.name === name);
  if (target === from) return [];
  return [
    ...declarationBreaches(statement, name),
    ...(target === undefined ? runtimeBreaches(statement, name) : directionBreaches(statement, target)),
  ];
}

function relativeBreaches({ path, specifier, isShipped }: Import): readonly string[] {
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith("..")) return ["leaves its package by a relative path"];
  return isShipped && DEVELOPMENT.test(target) ? ["imports a file that is not published"] : [];
}

function directionBreaches({ from, isShipped }: Import, target: WorkspacePackage): readonly string[] {
  const isUpward = (layerOf(target.folder) ?? 0) >= (layerOf(from.folder) ?? 0);
  if (isShipped && isUpward) return [`imports upward or sideways: ${from.folder} -> ${target.folder}`];
  if (isApp(target.folder) && isUpward) return ["imports an app"];
  if (isBackend(target.folder) && target.folder !== REFERENCE) {
    if (isBackend(from.folder)) return ["a backend imports another one"];
    if (from.folder === CONFORMANCE) return ["conformance imports a backend other than the reference"];
  }
  if (from.folder === REFERENCE && target.folder === CONFORMANCE) {
    return ["conformance runs the reference's tests: the reference cannot import it"];
  }
  return [];
}

function declarationBreaches({ from, path, isShipped }: Import, name: string | undefined): readonly string[] {
  if (name === undefined) return [];
  const { dependencies, peerDependencies, devDependencies } = from.manifest;
  const needsInstalled = isShipped && !BUNDLED.test(path);
  const declared = { ...dependencies, ...peerDependencies, ...(needsInstalled ? {} : devDependencies) };
  return name in declared ? [] : [`is not in the package's ${needsInstalled ? "" : "dev"}dependencies`];
}

function runtimeBreaches(
  { from, isShipped, specifier }: Import,
  name: string | undefined,
): readonly string[] {
  if (!isShipped || !withoutRuntime.includes(from.folder)) return [];
  const isPeer = name !== undefined && name in (from.manifest.peerDependencies ?? {});
  return isPeer ? [] : [`${from.folder} imports a runtime: ${specifier}`];
}

/** A dependency is used where it is named, or where it brings what one of our packages leaves to whoever installs it. */
function unusedDependencies(
  { folder, manifest, code }: WorkspacePackage,
  packages: readonly WorkspacePackage[],
): readonly string[] {
  const shipped = code.filter(({ path }) => !DEVELOPMENT.test(path));
  const names = Object.keys(manifest.dependencies ?? {});
  const peers = packages
    .filter((each) => names.includes(each.manifest.name))
    .flatMap((each) => Object.keys(each.manifest.peerDependencies ?? {}));
  return names
    .filter((name) => !peers.includes(name))
    .filter((name) => !shipped.some(({ text }) => ['"', "`"].some((quote) => text.includes(quote + name))))
    .map((name) => `${folder} depends on ${name} and never names it`);
}

function locationOf({ from, path, specifier }: Import): string {
  return `${from.folder}/${path}: "${specifier}"`;
}
