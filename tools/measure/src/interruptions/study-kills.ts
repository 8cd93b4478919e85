import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { present } from "@nin/spec";
import { parseStudyResults, type StudyResults, type StudyRunResult } from "@nin/study";
import { Command } from "commander";
import { NIN } from "../support/child-process.js";
import { randomFrom } from "../support/numbers.js";
import { outOption, positiveInteger, seedOption } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { latestStep, readRun } from "./run-content.js";
import { writeModel } from "./training.js";

interface Options {
  readonly rounds: number;
  readonly kills: number;
  readonly jobs: number;
  readonly seed: number;
  readonly out?: string;
}

/** A study that was left alone. */
interface Alone {
  readonly results: StudyResults;
  /** Of all its runs. */
  readonly steps: number;
}

/** Between two looks at how far a study is. */
const POLL_MS = 20;
/** About a run's start, and ten epochs. */
const LONGEST_DELAY_MS = 1500;

interface Round {
  /** How many runs were finished when each kill came. */
  readonly finishedAtKills: readonly number[];
  /** Kills that came after the end. */
  readonly late: number;
  /** How often its runs were begun or continued. */
  readonly attempts: number;
  readonly differences: readonly string[];
}

/** Six runs, of two networks and three seeds, each an epoch of a few steps many times over. */
const STUDY = {
  ...{ format: "nin-study", version: 1, name: "kills", question: "Is it the same?" },
  base: {
    ...{ model: "./small.json", data: "synthetic", limit: 200, threads: 1 },
    ...{ "recipe.batchSize": 16, "recipe.epochs": 12 },
  },
  grid: { "recipe.validation": [null, { fraction: 0.2 }], seed: [0, 1, 2] },
};

export function studyKillsCommand(): Command {
  return new Command("study-kills")
    .description("whether a study that is killed at random moments and run again has the same results")
    .option("--rounds <n>", "number of studies", positiveInteger, 5)
    .option("--kills <n>", "number of times that each is killed", positiveInteger, 10)
    .option("--jobs <n>", "number of runs that are trained at once", positiveInteger, 2)
    .addOption(seedOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const work = await mkdtemp(join(tmpdir(), "nin-study-kills-"));
      try {
        await measure(work, options);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
}

async function measure(work: string, { rounds: count, kills, jobs, seed, out }: Options): Promise<void> {
  const random = randomFrom(seed);
  await writeModel(work);
  await writeFile(join(work, "study.json"), JSON.stringify(STUDY));
  const alone = await runAlone(work, jobs);
  const runs = alone.results.runs.length;
  console.log(`Left alone: ${runs} runs, ${alone.steps} steps; seed ${seed}`);
  const rounds: Round[] = [];
  for (let number = 1; number <= count; number += 1) {
    const round = await killAndContinue(work, alone, { kills, jobs, random });
    rounds.push(round);
    const verdict = round.differences.length === 0 ? "same" : `DIFFERENT: ${round.differences.join(", ")}`;
    console.log(`${number}: killed with ${round.finishedAtKills.join(", ")} runs finished: ${verdict}`);
    await rm(join(work, "killed"), { recursive: true, force: true });
  }
  const failed = rounds.filter(({ differences }) => differences.length > 0).length;
  const summary = { rounds: count, same: count - failed, failed, kills, jobs, runs, steps: alone.steps };
  console.log(`${count} studies, killed ${kills} times each: ${summary.same} the same, ${failed} different.`);
  if (out !== undefined) await writeResult(out, { ...(await environment()), seed, ...summary, each: rounds });
  if (failed > 0) process.exitCode = 1;
}

async function runAlone(work: string, jobs: number): Promise<Alone> {
  const { status, output } = await startStudy(work, "alone", jobs).ended;
  if (status !== 0) throw new Error(`nin study ended with status ${status}: ${output}`);
  const results = await resultsIn(join(work, "alone"));
  const runs = results.runs.map(({ id }) => join(work, "alone", "runs", id));
  return { results, steps: await stepsIn(runs) };
}

/** The steps of the newest checkpoints of all runs together. */
async function stepsIn(runs: readonly string[]): Promise<number> {
  const steps = await Promise.all(runs.map((run) => latestStep(run)));
  return steps.reduce((sum, step) => sum + Math.max(0, step), 0);
}

async function killAndContinue(
  work: string,
  { results: expected, steps }: Alone,
  { kills, jobs, random }: { readonly kills: number; readonly jobs: number; readonly random: () => number },
): Promise<Round> {
  const folder = join(work, "killed");
  const runs = expected.runs.map(({ id }) => join(folder, "runs", id));
  // Counted in steps, as how busy the machine is changes from start to start.
  const moments = Array.from({ length: kills }, () => Math.floor(random() * 0.98 * steps)).sort(
    (a, b) => a - b,
  );
  const finishedAtKills: number[] = [];
  let late = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const { child, ended, hasEnded } = startStudy(work, "killed", jobs);
    const moment = present(moments[kill]);
    while (!hasEnded() && (await stepsIn(runs)) < moment) await delay(POLL_MS);
    // Not only just after a checkpoint; and some come while it starts.
    await delay(random() * LONGEST_DELAY_MS);
    child.kill("SIGKILL");
    const { status, output } = await ended;
    if (status === 0) late += 1;
    else if (status !== null) throw new Error(`nin study ended with status ${status}: ${output}`);
    finishedAtKills.push((await begunResults(folder)).filter((run) => run.status === "finished").length);
  }
  const { status, output } = await startStudy(work, "killed", jobs).ended;
  if (status !== 0)
    return { finishedAtKills, late, attempts: 0, differences: [`status ${status}: ${output}`] };
  const results = await resultsIn(folder);
  const attempts = results.runs.reduce((sum, run) => sum + run.attempts, 0);
  return { finishedAtKills, late, attempts, differences: await differencesOf(work, results, expected) };
}

async function differencesOf(
  work: string,
  results: StudyResults,
  expected: StudyResults,
): Promise<readonly string[]> {
  const lasting = ({ runs }: StudyResults): string =>
    JSON.stringify(runs, (name, value) => (VARIABLE.has(name) ? undefined : value));
  const differences = lasting(results) === lasting(expected) ? [] : ["results.json"];
  for (const { id } of expected.runs) {
    const [killed, alone] = await Promise.all(
      ["killed", "alone"].map((folder) => readRun(join(work, folder, "runs", id))),
    );
    if (present(killed).weights !== present(alone).weights) differences.push(`weights of ${id}`);
  }
  return differences;
}

/** What differs from one time to another. */
const VARIABLE: ReadonlySet<string> = new Set([
  "attempts",
  "worker",
  "imagesPerSecond",
  "elapsedMs",
] satisfies (keyof StudyRunResult)[]);

async function resultsIn(folder: string): Promise<StudyResults> {
  return parseStudyResults(JSON.parse(await readFile(join(folder, "results.json"), "utf8")));
}

/** None where the process was killed before it had written any. */
async function begunResults(folder: string): Promise<readonly StudyRunResult[]> {
  try {
    return (await resultsIn(folder)).runs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function startStudy(work: string, folder: string, jobs: number) {
  const args = [NIN, "study", "run", "study.json", "--out", folder, "--jobs", `${jobs}`];
  const child = spawn(process.execPath, args, { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let isOver = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<{ readonly status: number | null; readonly output: string }>(
    (resolve, reject) => {
      child.on("error", reject).on("close", (status) => {
        isOver = true;
        resolve({ status, output });
      });
    },
  );
  return { child, ended, hasEnded: () => isOver };
}
