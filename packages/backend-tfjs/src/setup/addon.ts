import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeFolders, realFileSystem } from "@nin/files";
import { setupPackage } from "./installed.js";
import { headersFolder } from "./node-package.js";
import { isDiskFull, type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";
import { wheelFolder } from "./wheel.js";

const NODE_API_VERSION = 8;

/** The addon, where tfjs-node looks for it. */
export function addonFile(folder: string): string {
  return join(setupPackage(folder), "lib", `napi-v${NODE_API_VERSION}`, "tfjs_binding.node");
}

/** Compiles tfjs-node's addon against the wheel's TensorFlow. Throws: `SetupError`. */
export async function buildAddon(folder: string, compiler: string, options: ProgramOptions): Promise<void> {
  const addon = addonFile(folder);
  if (existsSync(addon)) return;
  const tensorflow = wheelFolder(folder);
  const sources = join(setupPackage(folder), "binding");
  await makeFolders(realFileSystem, dirname(addon));
  const partial = `${addon}.${process.pid}.partial`;
  const end = await runProgram(
    compiler,
    [
      ...["-shared", "-fPIC", "-O2", "-std=c++17", "-w", `-DNAPI_VERSION=${NODE_API_VERSION}`],
      ...["-I", headersFolder(folder), "-I", join(tensorflow, "include")],
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(sources, name)),
      ...["-L", tensorflow, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
      // Relative, so that the libraries find NVIDIA's beside them, and the cache folder may be moved.
      `-Wl,-rpath,$ORIGIN/${relative(dirname(addon), tensorflow)}`,
      ...["-o", partial],
    ],
    options,
  );
  if (end.status === 0) return rename(partial, addon);
  await rm(partial, { force: true });
  throw isDiskFull(end)
    ? new SetupError(`the disk of ${folder} is full`, "make room and run the command again")
    : new SetupError(
        `${compiler} could not compile the addon: ${reasonOf(end)}`,
        "try another compiler by CXX (C++17 is needed), and run the command again",
      );
}
