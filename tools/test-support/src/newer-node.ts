import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * A Node of at least version 22.12, which the queue of a study needs: this one, or one that npx brings.
 *
 * @returns its program; or why there is none
 */
export async function newerNode(): Promise<{ readonly program: string } | { readonly problem: string }> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return { program: process.execPath };
  try {
    const args = ["-y", "node@22", "-p", "process.execPath"];
    const { stdout } = await promisify(execFile)("npx", args);
    return { program: stdout.trim() };
  } catch (error) {
    return { problem: `npx cannot run node@22: ${(error as Error).message}` };
  }
}
