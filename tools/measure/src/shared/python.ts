import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { passStderrOn } from "./stderr-tail.mjs";

/** The folder of the PyTorch scripts. */
const FOLDER = fileURLToPath(new URL("../pytorch", import.meta.url));

/** Starts one of the PyTorch scripts. Whoever does must read its stderr. */
export function spawnPython(python, script, args, options = {}) {
  return spawn(python, [`${FOLDER}/${script}`, ...args], { stdio: ["pipe", "pipe", "pipe"], ...options });
}

/**
 * Runs one of the PyTorch scripts to its end; its stderr goes to ours.
 *
 * @param env added to this process's own
 * @returns what it wrote to stdout. Throws: when it cannot be started or fails, with its last words.
 */
export async function runPython(python, script, args, stdin = "", env = {}) {
  const child = spawnPython(python, script, args, { env: { ...process.env, ...env } });
  const lastWords = passStderrOn(child);
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`--python ${python}: ${error.message}`)));
    child.on("close", (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${script} ended with ${signal ?? `status ${code}`}: ${lastWords()}`)),
    );
  });
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  await ended;
  return Buffer.concat(chunks).toString("utf8");
}
