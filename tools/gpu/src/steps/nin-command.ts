import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const NIN = fileURLToPath(new URL("../../../apps/cli/bin/nin.js", import.meta.url));

/**
 * Runs `nin` with these arguments; what it prints goes to this process's stderr.
 *
 * @returns its status, or the signal that ended it
 */
export function runNin(args, environment = {}) {
  const child = spawn(process.execPath, [NIN, ...args], {
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...environment },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
}
