import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What a build that fails prints may be long. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Runs the repository's turbo, which by default sends its maker what it was run with, under an id
 * that it writes into the user's configuration, and looks for newer versions of itself: unless the
 * user has set its variables, it does neither.
 *
 * @param {string} root of the repository
 * @param {readonly string[]} args
 * @param {"inherit" | "pipe"} output
 * @returns {{ status: number, text: string }} with `pipe`, what it printed
 */
export function runTurbo(root, args, output) {
  const manifest = createRequire(join(root, "package.json")).resolve("turbo/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  const script = join(dirname(manifest), bin.turbo);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ["inherit", output, output],
    encoding: "utf8",
    maxBuffer: MOST_BYTES,
    env: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1", ...process.env },
  });
  if (error !== undefined) throw error;
  // A signal has no status: a shell would give 128 and its number.
  return { status: status ?? 130, text: `${stdout ?? ""}${stderr ?? ""}` };
}
