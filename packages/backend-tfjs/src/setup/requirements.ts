import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { makeFolders, realFileSystem, systemReason } from "@nin/files";
import type { TensorFlowVariant } from "../devices/installed.js";
import { type ProgramOptions, runProgram } from "./run-program.js";
import { SetupError } from "./setup-error.js";

/** The programs that a setup runs. */
export interface SetupPrograms {
  readonly python: string;
  readonly npm: string;
  readonly compiler: string;
}

/** What pip unpacks, and what it needs while it does. Units: bytes. */
const NEEDED_BYTES: Readonly<Record<TensorFlowVariant, number>> = { cpu: 2.5e9, cuda: 12e9 };

/** Debian's and Ubuntu's names; others know what to make of them. */
const PYTHON_REMEDY =
  "install it (Debian, Ubuntu: apt install python3 python3-pip), then run the command again";
const COMPILER_REMEDY =
  "install one (Debian, Ubuntu: apt install g++) or name it in CXX, then run the command again";

/**
 * Checks everything that a setup needs before it begins.
 *
 * @throws `SetupError`.
 */
export async function checkRequirements(
  folder: string,
  variant: TensorFlowVariant,
  options: ProgramOptions,
): Promise<SetupPrograms> {
  requirePlatform(variant);
  const python = "python3";
  await requirePip(python, options);
  const compiler = await findCompiler(options);
  await requireProgram("npm", ["--version"], "npm was not found", "install it with Node.js", options);
  await requireSpace(folder, NEEDED_BYTES[variant]);
  return { python, npm: "npm", compiler };
}

/** CUDA where the driver's files are, else the processor. */
export function defaultVariant(): TensorFlowVariant {
  return existsSync("/proc/driver/nvidia/version") && process.arch === "x64" ? "cuda" : "cpu";
}

function requirePlatform(variant: TensorFlowVariant): void {
  const { platform, arch } = process;
  if (platform === "linux" && (arch === "x64" || (arch === "arm64" && variant === "cpu"))) return;
  throw new SetupError(
    `TensorFlow's libraries are not published for ${platform} ${arch}${variant === "cuda" ? " with CUDA" : ""}`,
    "use the devices webgpu or cpu, or another backend (nin backends)",
  );
}

async function requirePip(python: string, options: ProgramOptions): Promise<void> {
  await requireProgram(python, ["--version"], `${python} was not found`, PYTHON_REMEDY, options);
  const missing = `${python} has no pip`;
  await requireProgram(python, ["-m", "pip", "--version"], missing, PYTHON_REMEDY, options);
}

async function findCompiler(options: ProgramOptions): Promise<string> {
  const named = options.env.CXX;
  const candidates = named === undefined || named === "" ? ["g++", "clang++", "c++"] : [named];
  for (const candidate of candidates) if (await works(candidate, ["--version"], options)) return candidate;
  throw new SetupError(`no C++ compiler was found (${candidates.join(", ")})`, COMPILER_REMEDY);
}

async function requireProgram(
  program: string,
  args: readonly string[],
  missing: string,
  remedy: string,
  options: ProgramOptions,
): Promise<void> {
  if (!(await works(program, args, options))) throw new SetupError(missing, remedy);
}

async function works(program: string, args: readonly string[], options: ProgramOptions): Promise<boolean> {
  try {
    return (await runProgram(program, args, options)).status === 0;
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return false;
  }
}

async function requireSpace(folder: string, neededBytes: number): Promise<void> {
  try {
    await makeFolders(realFileSystem, folder);
  } catch (error) {
    throw new SetupError(
      `${folder} cannot be made: ${systemReason(error)}`,
      "set XDG_CACHE_HOME to a folder that can be written",
      { cause: error },
    );
  }
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= neededBytes) return;
  throw new SetupError(
    `${folder} has ${gigabytes(bavail * bsize)} free and ${gigabytes(neededBytes)} are needed`,
    "make room, or set XDG_CACHE_HOME to a folder on another disk",
  );
}

function gigabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e9).toFixed(1)} GB`;
}
