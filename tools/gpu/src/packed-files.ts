/**
 * Prints the files that `main.js` needs on another Linux x64 machine for a backend, relative to the repository: the tools,
 * built packages and what they import at run time, links as links.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The fields of a package.json that are read. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAMS = ["apps/cli", "apps/bench", "tools/gpu", "tools/measure"];
/** What a package is without its sources. */
const PARTS = ["package.json", "dist", "bin", "fixtures", "baselines"];
/** Imported by `@nin/spec/arbitrary`, for random architectures. */
const ALSO: Readonly<Record<string, readonly string[]>> = { "packages/spec": ["fast-check"] };
/** What only tests and compilers need, and other measurements than those on a GPU: decoders of pictures, runtimes of pages. */
const DEVELOPMENT = /^(?:vitest|@webgpu\/types|@types\/.*|sharp|onnxruntime-web)$/;
/** What need not be packed for a backend: what computes expected values is PyTorch, or the reference. */
const UNNEEDED: Readonly<Record<string, { readonly packages: RegExp; readonly runtimes: RegExp }>> = {
  onnxruntime: {
    packages: /^packages\/backend-(?!onnxruntime|reference)/,
    runtimes: /^(?:webgpu|@tensorflow\/.*)$/,
  },
  webgpu: {
    packages: /^packages\/backend-(?!webgpu|reference)/,
    runtimes: /^(?:onnxruntime-.*|@tensorflow\/.*)$/,
  },
};
/** Other platforms' libraries, a browser's, and what only compilers and debuggers read. */
const EXCLUDED = [
  /\/prebuilds\//,
  /\/bin\/napi-v6\/(?!linux\/x64)/,
  /\/webgpu\/dist\/(?!linux-x64)/,
  /\/chromium\/bin\/(?!swiftshader)/,
  /\/__pycache__\//,
  /\.map$/,
  /\.d\.[cm]?ts$/,
];

const [backend] = process.argv.slice(2);
const unneeded = backend === undefined ? undefined : UNNEEDED[backend];
if (unneeded === undefined)
  throw new Error(`expected one of ${Object.keys(UNNEEDED).join(", ")}, got ${backend}`);
const { packages: unneededPackages, runtimes: unneededRuntimes } = unneeded;
const packages = readdirSync(join(ROOT, "packages"))
  .map((name) => `packages/${name}`)
  .filter((folder) => !unneededPackages.test(folder));
const paths = new Set(["tools/pytorch"]);
for (const folder of [...packages, ...PROGRAMS]) addPackage(folder);
for (const file of [...paths].flatMap(filesOf)) console.log(file);

function addPackage(folder: string): void {
  for (const part of PARTS) if (existsSync(join(ROOT, folder, part))) paths.add(join(folder, part));
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifestOf(folder);
  const names = [
    ...Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
    ...(ALSO[folder] ?? []),
  ];
  for (const name of names) addLink(folder, name);
}

/** Adds a link in a package's node_modules, and what it leads to: another workspace package, or one from npm. */
function addLink(folder: string, name: string): void {
  const link = join(folder, "node_modules", name);
  if (DEVELOPMENT.test(name) || unneededRuntimes.test(name) || !existsSync(join(ROOT, link))) return;
  paths.add(link);
  const target = relative(ROOT, realpathSync(join(ROOT, link)));
  if (!target.startsWith("node_modules/") || paths.has(target)) return;
  paths.add(target);
  // pnpm keeps a package's own dependencies as links next to it.
  const home = target.slice(0, target.lastIndexOf("/node_modules/"));
  const { dependencies = {}, optionalDependencies = {} } = manifestOf(target);
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies }))
    addLink(home, dependency);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
}

function filesOf(path: string): readonly string[] {
  const whole = join(ROOT, path);
  const parent = join(ROOT, dirname(path));
  const entry = readdirSync(parent, { withFileTypes: true }).find(({ name }) => join(parent, name) === whole);
  if (entry?.isDirectory()) return readdirSync(whole).flatMap((name) => filesOf(join(path, name)));
  return EXCLUDED.some((pattern) => pattern.test(`/${path}`)) ? [] : [path];
}
