import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

// Plain JavaScript, as all of this package: it runs in a fresh clone, before anything is built.

const WORKSPACE = ["packages", "apps", "tools"];
/** What `turbo.json` names as the inputs of a build, in a package. */
const INPUTS = [
  ...["src", "bin", "scripts", "package.json", "tsconfig.json"],
  // Of the playground alone (its turbo.json).
  ...["build", "public", "index.html", "vite.config.ts"],
];
/** And in the root, with what decides the versions of the tools. */
const ROOT_INPUTS = [
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "tsconfig.base.json",
  "turbo.json",
];
const OUTPUTS = ["dist"];
const NO_INPUT = /\.test\.tsx?$/;

/**
 * What the builds of a repository read and have written, each as one digest of paths, sizes and
 * times: any file that was changed, added, removed or renamed gives another.
 *
 * @param {string} root
 * @returns {{ inputs: string, outputs: string }}
 */
export function snapshot(root) {
  const packages = WORKSPACE.flatMap((folder) =>
    namesIn(join(root, folder)).map((name) => join(folder, name)),
  );
  const below = (/** @type {readonly string[]} */ names) =>
    packages.flatMap((folder) => names.map((name) => join(folder, name)));
  return {
    inputs: digest(root, [...ROOT_INPUTS, ...below(INPUTS)]),
    outputs: digest(root, below(OUTPUTS)),
  };
}

/**
 * @param {string} root
 * @param {readonly string[]} paths of files and folders, which need not exist
 */
function digest(root, paths) {
  const hash = createHash("sha256");
  for (const path of paths) for (const line of linesOf(root, path)) hash.update(line);
  return hash.digest("hex");
}

/**
 * A line a file.
 *
 * @param {string} root
 * @param {string} path
 * @returns {readonly string[]}
 */
function linesOf(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats === undefined || NO_INPUT.test(path)) return [];
  if (stats.isDirectory())
    return namesIn(join(root, path)).flatMap((name) => linesOf(root, join(path, name)));
  return [`${JSON.stringify(path)} ${stats.size} ${stats.mtimeMs}\n`];
}

/**
 * @param {string} folder
 * @returns {readonly string[]} sorted; none where there is no such folder
 */
function namesIn(folder) {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
