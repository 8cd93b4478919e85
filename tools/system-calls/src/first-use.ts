import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Observed, observe } from "./observe.js";

/** What a program of somebody who has just come touched. Paths begin with `$HOME`, `$TMPDIR` or `$PWD` where they are below those. */
export interface FirstUse extends Observed {
  /** What was written outside the working directory, what keeps nothing apart. */
  readonly elsewhere: readonly string[];
  /** Files and folders of the home and of the temporary folder that are there afterwards. */
  readonly left: readonly string[];
}

export interface FirstUseOptions {
  /** Variables to set, besides `PATH`, `HOME` and `TMPDIR`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Kills the program. Units: milliseconds. */
  readonly timeoutMs?: number;
}

/** Devices, and what a process says of itself to the kernel: names of threads. */
const KEEPS_NOTHING = /^\/dev\/(?:null|tty|full|zero)$|^\/proc\/(?:self|\d+)\//;

/**
 * Runs a program of Node under strace in an empty working directory, with an empty home and temporary
 * folder, which `HOME` and `TMPDIR` name, and nothing else of this process's environment but `PATH`:
 * where `CI` is set, some libraries do not report that do so otherwise.
 *
 * @throws Error where strace cannot be started.
 */
export async function observeFirstUse(
  args: readonly string[],
  { env = {}, timeoutMs = 120_000 }: FirstUseOptions = {},
): Promise<FirstUse> {
  const place = await realpath(await mkdtemp(join(tmpdir(), "nin-first-use-")));
  const folders = { HOME: join(place, "home"), TMPDIR: join(place, "temporary"), PWD: join(place, "work") };
  for (const folder of Object.values(folders)) await mkdir(folder);
  const shown = (path: string): string => {
    const [name, folder = ""] =
      Object.entries(folders).find(([, start]) => `${path}/`.startsWith(`${start}/`)) ?? [];
    return name === undefined ? path : `$${name}${path.slice(folder.length)}`;
  };
  try {
    const { HOME, TMPDIR, PWD: cwd } = folders;
    const whole = { PATH: process.env.PATH, HOME, TMPDIR, ...env };
    const observed = await observe(process.execPath, args, { cwd, env: whole, timeoutMs });
    const written = observed.written.map(shown);
    return {
      ...observed,
      written,
      elsewhere: written.filter((path) => !/^\$PWD(?:$|\/)/.test(path) && !KEEPS_NOTHING.test(path)),
      left: [...(await namesBelow(HOME)), ...(await namesBelow(TMPDIR))].map(shown),
    };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function namesBelow(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort().map((name) => join(folder, name));
}
