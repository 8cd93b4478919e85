import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.js";
import { type CommandResult, runCommand } from "./run-command.js";

/** Runs the repository's pnpm in its root: the one that runs this process, else npm fetches it. */
export function runPnpm(args: readonly string[]): Promise<CommandResult> {
  const script = process.env.npm_execpath;
  if (script !== undefined && /pnpm\.[cm]?js$/.test(script)) {
    return runCommand(process.execPath, [script, ...args], root);
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    packageManager: string;
  };
  return runCommand("npx", ["--yes", packageManager, ...args], root);
}
