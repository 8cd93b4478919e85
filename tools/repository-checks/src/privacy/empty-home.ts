import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Observed, observe } from "@nin/system-calls";

/** What a program of somebody who has just come touched. */
export interface FirstUse extends Observed {
  /** What was written outside its working directory, devices and the process's own `/proc` apart. */
  readonly elsewhere: readonly string[];
}

/** Devices that keep nothing, and what a process says of itself: names of threads. */
const KEEPS_NOTHING = /^\/dev\/(?:null|tty|full|zero)$|^\/proc\/(?:self|\d+)\//;

/**
 * Runs a program under strace in an empty working directory, with an empty home and temporary
 * folder, which `HOME` and `TMPDIR` name, and nothing else of this process's environment but `PATH`:
 * with `CI` set, some libraries are on their best behaviour.
 */
export async function inEmptyHome(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<FirstUse> {
  const place = await realpath(await mkdtemp(join(tmpdir(), "nin-first-use-")));
  const [home, temporary, cwd] = ["home", "temporary", "work"].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [home, temporary, cwd]) await mkdir(folder);
  try {
    const env = { PATH: process.env.PATH, HOME: home, TMPDIR: temporary, ...environment };
    const observed = await observe(process.execPath, args, { cwd, env, timeoutMs: 120_000 });
    const elsewhere = observed.written
      .filter((path) => !path.startsWith(`${cwd}/`) && !KEEPS_NOTHING.test(path))
      .map((path) => path.replace(place, ""));
    return { ...observed, elsewhere };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
