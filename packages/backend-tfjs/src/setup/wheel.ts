import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fillFolder } from "./fill-folder.js";
import type { TensorFlowVariant } from "./installed.js";
import { isDiskFull, type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";

/** The version that this package was tried with. */
export const TENSORFLOW_VERSION = "2.21.0";

/** The wheel's C++ library and headers do not depend on the Python that they came for. */
const PYTHON_OF_WHEEL = "3.12";

/** TensorFlow's folder in what pip unpacked. */
export function wheelFolder(folder: string): string {
  return join(folder, "python", "tensorflow");
}

/** Unpacks TensorFlow's Python wheel beside everything else: no Python environment is touched. Throws: `SetupError`. */
export async function installWheel(
  folder: string,
  variant: TensorFlowVariant,
  python: string,
  options: ProgramOptions,
): Promise<void> {
  // pip unpacks in its temporary folder first, and keeps what it downloaded for a second try.
  const temporary = join(folder, "pip-temporary");
  const cache = join(folder, "pip-cache");
  const target = join(folder, "python");
  await fillFolder(
    target,
    () => isWholeWheel(folder),
    async (partial) => {
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      const env = { ...options.env, TMPDIR: temporary, PYTHONDONTWRITEBYTECODE: "1" };
      const end = await runProgram(
        python,
        ["-m", "pip", ...pipArguments(variant), "--cache-dir", cache, "--target", partial],
        { ...options, env },
      );
      await rm(temporary, { recursive: true, force: true });
      if (end.status !== 0) throw pipError(folder, isDiskFull(end), reasonOf(end));
      const missing = missingFile(join(partial, "tensorflow"));
      if (missing !== undefined) {
        throw new SetupError(
          `pip's TensorFlow lacks ${missing}`,
          "run the command again; report it if that stays",
        );
      }
    },
  );
  await rm(cache, { recursive: true, force: true });
}

function pipArguments(variant: TensorFlowVariant): readonly string[] {
  const common = [
    "install",
    "--disable-pip-version-check",
    "--no-input",
    "--no-compile",
    "--only-binary",
    ":all:",
  ];
  if (variant === "cuda") return [...common, `tensorflow[and-cuda]==${TENSORFLOW_VERSION}`];
  const x64 = process.arch === "x64";
  const name = x64 ? "tensorflow-cpu" : "tensorflow";
  const platform = x64 ? "manylinux_2_27_x86_64" : "manylinux_2_27_aarch64";
  return [
    ...common,
    ...["--no-deps", "--python-version", PYTHON_OF_WHEEL, "--implementation", "cp", "--platform", platform],
    `${name}==${TENSORFLOW_VERSION}`,
  ];
}

function pipError(folder: string, full: boolean, reason: string): SetupError {
  return full
    ? new SetupError(
        `the disk of ${folder} is full`,
        "make room, or set XDG_CACHE_HOME to a folder on another disk, and run the command again",
      )
    : new SetupError(
        `pip could not install TensorFlow ${TENSORFLOW_VERSION}: ${reason}`,
        "see to it and run the command again",
      );
}

function isWholeWheel(folder: string): boolean {
  return missingFile(wheelFolder(folder)) === undefined;
}

function missingFile(tensorflow: string): string | undefined {
  return ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "include/tensorflow/c/c_api.h"].find(
    (name) => !existsSync(join(tensorflow, name)),
  );
}
