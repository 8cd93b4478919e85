import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { statisticsOf } from "./support/numbers.js";
import { outOption, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The parts of a first start, each with the line that ends it. */
const PARTS = [
  { name: "pnpm itself", end: /^Scope: all / },
  { name: "packages", end: /^Done in / },
  { name: "build", end: /^Built in / },
  { name: "first steps of training", end: /^Step \d+\// },
] as const;

interface Options {
  readonly rounds: number;
  readonly out?: string;
}

export function firstStartCommand(): Command {
  return new Command("first-start")
    .description(
      "how long `start` takes on a machine that has nothing yet: seconds by part, to the first steps",
    )
    .option("--rounds <n>", "number of times, each in an empty home", positiveInteger, 3)
    .addOption(outOption())
    .action(async ({ rounds, out }: Options) => {
      const measured: (readonly number[])[] = [];
      for (let round = 0; round < rounds; round += 1) measured.push(await secondsOfParts());
      const parts = [
        ...PARTS.map(({ name }, part) =>
          partOf(
            name,
            measured.map((seconds) => seconds[part] ?? Number.NaN),
          ),
        ),
        partOf(
          "all",
          measured.map((seconds) => seconds.reduce((sum, one) => sum + one, 0)),
        ),
      ];
      for (const { name, seconds } of parts) {
        console.log(`${name}: ${seconds.median} s (${seconds.lowest} to ${seconds.highest})`);
      }
      if (out !== undefined) await writeResult(out, { ...(await environment()), rounds, parts });
    });
}

/** Runs the README's first command in a clone of the last commit, with an empty home, until it trains. */
async function secondsOfParts(): Promise<readonly number[]> {
  const work = await mkdtemp(join(tmpdir(), "nin-first-start-"));
  try {
    const [clone, home] = [join(work, "nin"), join(work, "home")];
    await mkdir(home);
    execFileSync("git", ["clone", "--quiet", ROOT, clone], { stdio: ["ignore", "ignore", "inherit"] });
    const { packageManager } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    let before = performance.now();
    const child = spawn("npx", ["-y", String(packageManager), "start"], {
      cwd: clone,
      // A group of its own, so that all of it can be stopped.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: emptyHome(home),
    });
    const ended = once(child, "close");
    const seconds: number[] = [];
    const printed: string[] = [];
    const read = (line: string): void => {
      printed.push(line);
      if (PARTS[seconds.length]?.end.test(line) !== true) return;
      const now = performance.now();
      seconds.push((now - before) / 1000);
      before = now;
      if (seconds.length === PARTS.length) process.kill(-Number(child.pid), "SIGKILL");
    };
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", read);
    await ended;
    if (seconds.length === PARTS.length) return seconds;
    const missing = PARTS[seconds.length]?.name;
    throw new Error(`expected the end of the part "${missing}", found none in:\n${printed.join("\n")}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The environment without what this process was given by pnpm, and no caches; npm's own settings, its registry, stay. */
function emptyHome(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|xdg_|nin_)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    NPM_CONFIG_USERCONFIG: process.env.NPM_CONFIG_USERCONFIG ?? join(homedir(), ".npmrc"),
  };
}

function partOf(name: string, seconds: readonly number[]) {
  const { median, lowest, highest, values } = statisticsOf(seconds);
  return {
    name,
    seconds: {
      ...{ median: rounded(median), lowest: rounded(lowest), highest: rounded(highest) },
      values: values.map(rounded),
    },
  };
}

/** To a tenth of a second. */
function rounded(seconds: number): number {
  return Math.round(10 * seconds) / 10;
}
