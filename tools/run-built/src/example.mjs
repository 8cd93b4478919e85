// node example.mjs FILE ARGUMENTS: a TypeScript program in the folder examples/, after building what has
// changed: there the packages are found as in a project that has installed them.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build } from "./build.mjs";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { root } from "./root.mjs";

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write("example: expected a TypeScript file, such as examples/train.ts\n");
  process.exitCode = 2;
} else if (buildIfNeeded(root, build)) {
  run(file, args);
}

/**
 * Translates the program, since Node 20 reads no TypeScript, and runs it.
 *
 * @param {string} program
 * @param {readonly string[]} programArgs
 */
function run(program, programArgs) {
  const examples = join(root, "examples");
  const esbuild = createRequire(join(examples, "package.json")).resolve("esbuild/bin/esbuild");
  const output = join(examples, ".built", basename(program).replace(/\.[cm]?ts$/, ".mjs"));
  const options = [
    "--bundle",
    "--packages=external",
    "--platform=node",
    "--format=esm",
    "--sourcemap",
    "--log-level=warning",
  ];
  process.exitCode = node([esbuild, program, ...options, `--outfile=${output}`]);
  if (process.exitCode === 0) process.exitCode = node(["--enable-source-maps", output, ...programArgs]);
}

/**
 * @param {readonly string[]} nodeArgs
 * @returns {number} the exit status
 */
function node(nodeArgs) {
  const { status, error } = spawnSync(process.execPath, nodeArgs, { stdio: "inherit" });
  if (error !== undefined) throw error;
  return status ?? 130;
}
