import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeFolders, realFileSystem } from "@nin/files";
import { setupPackage } from "../devices/installed.js";
import { muteFile } from "../devices/load-muted.js";
import { headersFolder } from "./node-package.js";
import { isDiskFull, type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";
import { wheelFolder } from "./wheel.js";

const NODE_API_VERSION = 8;

/** The addon, where tfjs-node looks for it. */
export function addonFile(folder: string): string {
  return join(setupPackage(folder), "lib", `napi-v${NODE_API_VERSION}`, "tfjs_binding.node");
}

/**
 * Compiles tfjs-node's addon against the wheel's TensorFlow.
 *
 * @throws `SetupError`.
 */
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
      // Relative, so that the libraries find NVIDIA's next to them, and the cache folder can be moved.
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

/** Turns the process's standard error away, and back: not available from JavaScript. */
const MUTE_SOURCE = `#include <fcntl.h>
#include <unistd.h>
#include <node_api.h>
static int kept = -1;
static napi_value Mute(napi_env, napi_callback_info) {
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept >= 0 || nowhere < 0) return nullptr;
  kept = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (kept >= 0) dup2(nowhere, 2);
  close(nowhere);
  return nullptr;
}
static napi_value Unmute(napi_env, napi_callback_info) {
  if (kept < 0) return nullptr;
  dup2(kept, 2);
  close(kept);
  kept = -1;
  return nullptr;
}
NAPI_MODULE_INIT() {
  napi_value mute, unmute;
  napi_create_function(env, "mute", NAPI_AUTO_LENGTH, Mute, nullptr, &mute);
  napi_create_function(env, "unmute", NAPI_AUTO_LENGTH, Unmute, nullptr, &unmute);
  napi_set_named_property(env, exports, "mute", mute);
  napi_set_named_property(env, exports, "unmute", unmute);
  return exports;
}
`;

/** Compiles it. Without it a note of TensorFlow's is written, and that is all: a failure is none of the setup's. */
export async function buildMute(
  folder: string,
  entry: string,
  compiler: string,
  options: ProgramOptions,
): Promise<void> {
  const file = muteFile(entry);
  if (existsSync(file)) return;
  const source = join(entry, "lib", "mute.cc");
  await writeFile(source, MUTE_SOURCE);
  const flags = ["-shared", "-fPIC", "-O2", "-std=c++17", "-I", headersFolder(folder)];
  await runProgram(compiler, [...flags, source, "-o", file], options);
}
