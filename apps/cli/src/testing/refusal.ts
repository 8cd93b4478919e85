import { inNewFolder, namesBelow } from "@nin/test-support";
import { expect } from "vitest";
import { runHere } from "./in-process.js";
import { type CommandResult, type NinOptions, nin } from "./nin.js";

/** Fails unless a command ended as bad input does: status 2 and one line on stderr, nothing else. */
export function expectRefusal({ status, stdout, stderr }: CommandResult, line: string): void {
  expect(stderr).toMatch(/^nin: [^\n]+\n$/);
  expect(stderr).toContain(line);
  expect(stdout).toBe("");
  expect(status).toBe(2);
}

/** Calls the command in an empty folder, and fails unless it refuses and leaves that empty. */
export async function expectRefused(args: readonly string[], line: string): Promise<void> {
  await inNewFolder(async (cwd) => {
    expectRefusal(await runHere(args, cwd), line);
    expect(await namesBelow(cwd)).toEqual([]);
  });
}

/** As `expectRefused`, in a process of its own: slower, and what a user sees. */
export async function expectProcessRefused(
  args: readonly string[],
  line: string,
  options: Omit<NinOptions, "cwd"> = {},
): Promise<void> {
  await inNewFolder(async (cwd) => {
    expectRefusal(await nin(args, { cwd, ...options }), line);
    expect(await namesBelow(cwd)).toEqual([]);
  });
}
