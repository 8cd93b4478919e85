import { runCommand } from "../main.js";
import type { CommandResult } from "./nin.js";

/** Runs the command in this process, in another folder. One at a time. */
export async function runHere(
  args: readonly string[],
  cwd: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<CommandResult> {
  const written = { stdout: "", stderr: "" };
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const status = await runCommand(args, {
      print: (line = "") => {
        written.stdout += `${line}\n`;
      },
      note: (line) => {
        written.stderr += `${line}\n`;
      },
      isInteractive: false,
      signal,
      stoppable: (work) => work(),
    });
    return { status, ...written };
  } finally {
    process.chdir(before);
  }
}
