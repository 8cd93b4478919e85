import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the PyTorch scripts. */
const FOLDER = fileURLToPath(new URL("../pytorch", import.meta.url));

/** Starts one of the PyTorch scripts; its stderr goes to ours. */
export function spawnPython(python, script, args, options = {}) {
  return spawn(python, [`${FOLDER}/${script}`, ...args], { stdio: ["pipe", "pipe", "inherit"], ...options });
}

/**
 * Runs one of the PyTorch scripts to its end.
 *
 * @returns what it wrote to stdout. Throws: when it cannot be started or fails.
 */
export async function runPython(python, script, args, stdin = "") {
  const child = spawnPython(python, script, args);
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`--python ${python}: ${error.message}`)));
    child.on("close", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${script} ended with ${signal ?? `status ${code}`}`)),
    );
  });
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  await ended;
  return Buffer.concat(chunks).toString("utf8");
}
