/**
 * Prints the files that `check-and-measure.mjs` needs on another Linux x64 machine for a backend,
 * relative to the repository: scripts, built packages and what they import at run time, links as links.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const APPS = ["apps/cli"];
/** What a package is without its sources. */
const PARTS = ["package.json", "dist", "bin", "fixtures"];
/** Imported by `@nin/spec/arbitrary`, for random architectures. */
const ALSO = { "packages/spec": ["fast-check"] };
/** Who needs no other backend: what computes expected values is PyTorch, or the reference. */
const BACKENDS = {
  onnxruntime: /^packages\/backend-(?!onnxruntime|reference)/,
  webgpu: /^packages\/backend-(?!webgpu|reference)/,
};
/** Other platforms' libraries, a browser's, and what only compilers and debuggers read. */
const LEFT_OUT = [
  /\/prebuilds\//,
  /\/bin\/napi-v6\/(?!linux\/x64)/,
  /\/webgpu\/dist\/(?!linux-x64)/,
  /\/chromium\/bin\/(?!swiftshader)/,
  /\.map$/,
  /\.d\.[cm]?ts$/,
];

const [backend] = process.argv.slice(2);
const others = BACKENDS[backend];
if (others === undefined)
  throw new Error(`expected one of ${Object.keys(BACKENDS).join(", ")}, got ${backend}`);
const packages = readdirSync(join(ROOT, "packages"))
  .map((name) => `packages/${name}`)
  .filter((folder) => !others.test(folder));
const paths = new Set(["scripts"]);
for (const folder of [...packages, ...APPS]) addPackage(folder);
for (const file of [...paths].flatMap(filesOf)) console.log(file);

function addPackage(folder) {
  for (const part of PARTS) if (existsSync(join(ROOT, folder, part))) paths.add(join(folder, part));
  const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
  for (const name of [...Object.keys(dependencies), ...(ALSO[folder] ?? [])]) addLink(folder, name);
}

/** A link in a package's node_modules, and what it leads to: another workspace package, or one from npm. */
function addLink(folder, name) {
  const link = join(folder, "node_modules", name);
  paths.add(link);
  const target = relative(ROOT, realpathSync(join(ROOT, link)));
  if (!target.startsWith("node_modules/") || paths.has(target)) return;
  paths.add(target);
  // pnpm keeps a package's own dependencies as links beside it.
  const home = target.slice(0, target.lastIndexOf("/node_modules/"));
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(ROOT, target, "package.json"), "utf8"),
  );
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
    if (existsSync(join(ROOT, home, "node_modules", dependency))) addLink(home, dependency);
  }
}

function filesOf(path) {
  const whole = join(ROOT, path);
  const parent = join(ROOT, dirname(path));
  const entry = readdirSync(parent, { withFileTypes: true }).find(({ name }) => join(parent, name) === whole);
  return entry?.isDirectory() ? readdirSync(whole).flatMap((name) => filesOf(join(path, name))) : kept(path);
}

function kept(path) {
  return LEFT_OUT.some((pattern) => pattern.test(path)) ? [] : [path];
}
