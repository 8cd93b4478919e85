import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireFrom } from "@nin/files";
import { headersFolder } from "./node-package.js";
import { type ProgramOptions, runProgram } from "./run-program.js";

/** Turns the process's standard error away, and back: not to be had from JavaScript. */
const SOURCE = `#include <fcntl.h>
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

interface Mute {
  mute(): void;
  unmute(): void;
}

/** The addon beside tfjs-node's, in tfjs-node's folder. */
function muteFile(entry: string): string {
  return join(entry, "lib", "mute.node");
}

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
  await writeFile(source, SOURCE);
  const flags = ["-shared", "-fPIC", "-O2", "-std=c++17", "-I", headersFolder(folder)];
  await runProgram(compiler, [...flags, source, "-o", file], options);
}

/**
 * Loads a copy of tfjs-node without what TensorFlow's C++ code writes on the terminal meanwhile: a note about
 * oneDNN, whatever `TF_CPP_MIN_LOG_LEVEL` says, from before logging can be set. A package prints nothing.
 */
export function loadMuted<Loaded>(entry: string, load: () => Loaded): Loaded {
  const file = muteFile(entry);
  if (!existsSync(file)) return load();
  const addon: Mute = requireFrom(import.meta.url)(file);
  addon.mute();
  try {
    return load();
  } finally {
    addon.unmute();
  }
}
