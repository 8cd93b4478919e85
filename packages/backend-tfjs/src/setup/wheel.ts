import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders, realFileSystem } from "@nin/files";
import type { TensorFlowVariant } from "../devices/installed.js";
import { fillFolder } from "./fill-folder.js";
import { type PinnedWheels, PYTHON_OF_WHEELS, pinnedWheels, TENSORFLOW_VERSION } from "./pinned-wheels.js";
import { isDiskFull, type ProgramEnd, type ProgramOptions, reasonOf, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";

/** TensorFlow's folder in what pip unpacked. */
export function wheelFolder(folder: string): string {
  return join(folder, "python", "tensorflow");
}

/**
 * Unpacks TensorFlow's Python wheel into a folder of its own if it has the pinned hash: no Python
 * environment is touched.
 *
 * @throws `SetupError`.
 */
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
      await makeFolders(realFileSystem, temporary);
      const wheels = pinnedWheels(variant);
      const requirements = join(temporary, "requirements.txt");
      await writeFile(requirements, wheels.requirements);
      const env = { ...options.env, TMPDIR: temporary, PYTHONDONTWRITEBYTECODE: "1" };
      const end = await runProgram(
        python,
        ["-m", "pip", ...pipArguments(wheels, requirements), "--cache-dir", cache, "--target", partial],
        { ...options, env },
      );
      await rm(temporary, { recursive: true, force: true });
      if (end.status !== 0) throw pipError(folder, end);
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

function pipArguments({ platforms }: PinnedWheels, requirements: string): readonly string[] {
  return [
    ...["install", "--disable-pip-version-check", "--no-input", "--no-compile"],
    // What lacks a hash, or has another one, is not installed.
    ...["--only-binary", ":all:", "--no-deps", "--require-hashes", "--requirement", requirements],
    ...["--python-version", PYTHON_OF_WHEELS, "--implementation", "cp"],
    ...platforms.flatMap((platform) => ["--platform", platform]),
  ];
}

function pipError(folder: string, end: ProgramEnd): SetupError {
  if (isDiskFull(end)) {
    return new SetupError(
      `the disk of ${folder} is full`,
      "make room, or set XDG_CACHE_HOME to a folder on another disk, and run the command again",
    );
  }
  const written = `${end.stdout}\n${end.stderr}`;
  if (/do not match the hashes/i.test(written)) {
    return new SetupError(
      `pip downloaded a file that is not the published one: ${mismatchIn(written)}`,
      "nothing was installed; see which index pip takes (pip config list) and run the command again",
    );
  }
  return new SetupError(
    `pip could not install TensorFlow ${TENSORFLOW_VERSION}: ${reasonOf(end)}`,
    "see to it and run the command again",
  );
}

/** Which package, and both hashes, as pip writes them over several lines. */
function mismatchIn(written: string): string {
  const [, name = "TensorFlow"] = /^\s*(\S+==\S+)(?= from |:)/m.exec(written) ?? [];
  const [, expected = "another"] = /Expected sha256 (\w+)/.exec(written) ?? [];
  const [, got = "unknown"] = /Got\s+(\w+)/.exec(written) ?? [];
  return `${name}: expected SHA-256 ${expected}, got ${got}`;
}

function isWholeWheel(folder: string): boolean {
  return missingFile(wheelFolder(folder)) === undefined;
}

function missingFile(tensorflow: string): string | undefined {
  return ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "include/tensorflow/c/c_api.h"].find(
    (name) => !existsSync(join(tensorflow, name)),
  );
}
