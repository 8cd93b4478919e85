import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The `nin` command's program, for Node. */
export const NIN = join(
  dirname(createRequire(import.meta.url).resolve("@nin/cli/package.json")),
  "bin/nin.js",
);

/** The folder of the Python scripts. */
const PYTHON_SCRIPTS = fileURLToPath(new URL("../../../pytorch", import.meta.url));

const LINES = 12;
const MAX_CHARACTERS = 4000;
/** What Node adds to an error that nobody caught. */
const NODE_VERSION = /\nNode\.js v[\d.]+\s*$/;

/**
 * Runs `nin` with these arguments; what it prints goes to this process's stderr.
 *
 * @returns its status, or the signal that ended it
 */
export function runNin(args: readonly string[], options: SpawnOptions = {}): Promise<number | string> {
  const child = spawn(process.execPath, [NIN, ...args], { ...options, stdio: ["ignore", 2, 2] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "no status"));
  });
}

/**
 * Passes on what a child writes to its stderr, and remembers the end of it, where Python and Node say what went wrong.
 *
 * @returns a function that gives the last lines so far
 */
export function passStderrOn(child: ChildProcess): () => string {
  let tail = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    tail = (tail + chunk.toString("utf8")).slice(-MAX_CHARACTERS);
  });
  return () => tail.replace(NODE_VERSION, "").trimEnd().split("\n").slice(-LINES).join("\n");
}

/** What a Python script is given. */
export interface PythonOptions {
  readonly stdin?: string;
  /** Added to this process's own environment; undefined removes a variable. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a script of `tools/pytorch` to its end; its stderr goes to this process's.
 *
 * @returns what it wrote to stdout
 * @throws Error when it cannot be started or fails, with the last lines of its stderr
 */
export async function runPython(
  python: string,
  script: string,
  args: readonly string[],
  { stdin = "", env = {} }: PythonOptions = {},
): Promise<Buffer> {
  const child = spawn(python, [join(PYTHON_SCRIPTS, script), ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const lastLines = passStderrOn(child);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<void>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`--python ${python}: ${error.message}`)));
    child.on("close", (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${script} ended with ${signal ?? `status ${code}`}: ${lastLines()}`)),
    );
  });
  // A script that fails early closes its stdin; its status says why.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  await closed;
  return Buffer.concat(chunks);
}
