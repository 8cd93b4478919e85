import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { present } from "@nin/spec";
import { Command } from "commander";
import { randomFrom } from "../support/numbers.js";
import { outOption, positiveInteger, positiveNumber, seedOption } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";

interface Options {
  readonly rounds: number;
  readonly processes: number;
  readonly spreadMs: number;
  readonly kinds: string;
  readonly killingS: number;
  readonly seed: number;
  readonly lock: string;
  readonly files: string;
  readonly out?: string;
}

/** The races of one kind of lock. */
interface RaceCounts {
  readonly rounds: number;
  oneHolder: number;
  moreHolders: number;
  noHolder: number;
  /** The rounds in which the folder was not empty when all had let go. */
  left: number;
  oddErrors?: readonly string[];
}

/** The time in which processes were killed at random moments. */
interface KillCounts {
  held: number;
  kills: number;
  /** How often two processes were inside at once. */
  moreHolders: number;
  oddErrors?: readonly string[];
}

/** A contender's answer to a request. */
interface Answer {
  readonly took?: boolean;
  readonly code?: string;
  readonly message?: string;
}

/** The settings and the processes of a measurement. */
interface Arena {
  readonly options: Options;
  readonly work: string;
  readonly random: () => number;
  readonly contenders: readonly ChildProcess[];
  /** The number of a process that has ended and whose parent does not ask how. */
  readonly zombie: number | undefined;
}

/** How the lock of a folder is left for those who race for it. */
const KINDS = ["stale", "empty", "missing", "zombie"] as const;
const DEAD_PID = 2 ** 22 - 1;

export function lockRacesCommand(): Command {
  return new Command("lock-races")
    .description("whether two processes ever hold the lock of one run folder")
    .option("--rounds <n>", "number of races for each kind of lock", positiveInteger, 150)
    .option("--processes <n>", "number of processes in a race", positiveInteger, 4)
    .option("--spread-ms <n>", "milliseconds within which all of them come", positiveNumber, 1.5)
    .option("--kinds <list>", "kinds of locks, with commas; killed: processes are killed", `${KINDS},killed`)
    .option("--killing-s <n>", "seconds in which processes are killed", positiveNumber, 45)
    .addOption(seedOption())
    .option(
      "--lock <module>",
      "module with the RunLock to try, of another build for instance",
      "@nin/training/node",
    )
    .option("--files <module>", "module with the file system of that build", "@nin/files")
    .addOption(outOption())
    .action(async (options: Options) => {
      const work = await mkdtemp(join(tmpdir(), "nin-lock-races-"));
      const parent = process.platform === "linux" ? await startZombie() : undefined;
      const contenders = await Promise.all(
        Array.from({ length: options.processes }, () => startContender(options)),
      );
      try {
        const random = randomFrom(options.seed);
        await measure({ options, work, random, contenders, zombie: parent?.zombie });
      } finally {
        for (const contender of contenders) contender.kill();
        parent?.child.kill("SIGKILL");
        await rm(work, { recursive: true, force: true });
      }
    });
}

async function measure(arena: Arena): Promise<void> {
  const { processes, spreadMs, seed, out, kinds } = arena.options;
  const chosen = kinds.split(",");
  const races: Record<string, RaceCounts> = {};
  for (const kind of KINDS) {
    if (!chosen.includes(kind) || (kind === "zombie" && arena.zombie === undefined)) continue;
    races[kind] = await race(kind, arena);
    console.log(`${kind}: ${JSON.stringify(races[kind])}`);
  }
  const killed = chosen.includes("killed") ? await killAtRandom(arena) : undefined;
  if (killed !== undefined) console.log(`killed: ${JSON.stringify(killed)}`);
  if (out !== undefined) {
    const results = { ...races, ...(killed === undefined ? {} : { killed }) };
    await writeResult(out, { ...(await environment()), processes, spreadMs, seed, results });
  }
  const isGood = Object.values(races).every(({ rounds, oneHolder }) => rounds === oneHolder);
  if (!isGood || (killed !== undefined && killed.moreHolders > 0)) process.exitCode = 1;
}

/** Races for a lock again and again: each process holds what it got until all have answered. */
async function race(kind: (typeof KINDS)[number], arena: Arena): Promise<RaceCounts> {
  const { options, random, contenders } = arena;
  const counts: RaceCounts = { rounds: options.rounds, oneHolder: 0, moreHolders: 0, noHolder: 0, left: 0 };
  for (let round = 0; round < counts.rounds; round += 1) {
    const folder = join(arena.work, `${kind}-${round}`);
    await mkdir(folder);
    const text = lockText(kind, arena.zombie);
    if (text !== undefined) await writeFile(join(folder, "lock"), text);
    const start = Date.now() + 12;
    const answers = await Promise.all(
      contenders.map((each) => ask(each, { take: folder, at: start + random() * options.spreadMs })),
    );
    const holders = answers.filter(({ took }) => took).length;
    counts[holders === 1 ? "oneHolder" : holders === 0 ? "noHolder" : "moreHolders"] += 1;
    const odd = answers.find(({ took, code }) => !took && code !== "NIN_RUN_LOCKED");
    if (odd !== undefined) counts.oddErrors = [...new Set([...(counts.oddErrors ?? []), `${odd.message}`])];
    await Promise.all(contenders.map((each) => ask(each, { release: true })));
    if ((await readdir(folder)).length > 0) counts.left += 1;
  }
  return counts;
}

/** The content of a lock that was left behind; undefined where there is none. */
function lockText(kind: (typeof KINDS)[number], zombie: number | undefined): string | undefined {
  if (kind === "missing") return undefined;
  if (kind === "empty") return "";
  return JSON.stringify({ pid: kind === "zombie" ? zombie : DEAD_PID, host: hostname() });
}

/** Processes take a lock and give it back without end, and are killed at random moments. */
async function killAtRandom({ options, work, random }: Arena): Promise<KillCounts> {
  const folder = join(work, "killed");
  await mkdir(folder);
  const counts: KillCounts = { held: 0, kills: 0, moreHolders: 0 };
  const running = new Set<ChildProcess>();
  let isOver = false;
  const startOne = () => {
    if (isOver) return;
    const child = fork(siblingFile("churner.js"), [folder, options.lock, options.files]);
    running.add(child);
    child.on("message", (message: { held?: boolean; both?: number; oddError?: string }) => {
      if (message.held === true) counts.held += 1;
      if (message.both !== undefined) counts.moreHolders += 1;
      if (message.oddError !== undefined) {
        counts.oddErrors = [...new Set([...(counts.oddErrors ?? []), message.oddError])];
      }
    });
    child.once("message", async () => {
      await delay(100 + 400 * random());
      if (!isOver) counts.kills += 1;
      child.kill("SIGKILL");
    });
    child.on("exit", () => {
      running.delete(child);
      startOne();
    });
  };
  for (let index = 0; index < options.processes; index += 1) startOne();
  await delay(1000 * options.killingS);
  isOver = true;
  for (const child of running) child.kill("SIGKILL");
  return counts;
}

async function ask(contender: ChildProcess, message: object): Promise<Answer> {
  const answer = once(contender, "message");
  contender.send(message);
  return (await answer)[0] as Answer;
}

async function startContender({ lock, files }: Options): Promise<ChildProcess> {
  const child = fork(siblingFile("contender.js"), [lock, files]);
  await once(child, "message");
  return child;
}

async function startZombie(): Promise<{ readonly child: ChildProcess; readonly zombie: number }> {
  // It ends when the shell has become a program that waits for nobody: a shell would notice that it has ended.
  const child = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 100000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [text] = await once(present(child.stdout), "data");
  const zombie = Number(String(text).trim());
  while (!/\) Z /.test(await readFile(`/proc/${zombie}/stat`, "utf8"))) await delay(10);
  return { child, zombie };
}

function siblingFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
