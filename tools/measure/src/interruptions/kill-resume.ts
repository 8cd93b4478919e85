import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { randomFrom } from "../support/numbers.js";
import { outOption, positiveInteger, seedOption } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import {
  brokenCheckpoints,
  isBegun,
  latestStep,
  type RunContent,
  readRun,
  resumeAndCompare,
} from "./run-content.js";
import {
  disturbTraining,
  type Moment,
  randomMoment,
  runTraining,
  type SmallTraining,
  writeModel,
} from "./training.js";

interface Options {
  readonly rounds: number;
  readonly kills: number;
  readonly seed: number;
  readonly backend: string;
  readonly out?: string;
}

/** Where a kill met the training, and the newest checkpoint's step then. */
interface Kill {
  readonly found: keyof typeof FOUND;
  readonly step: number;
}

interface Round {
  readonly kills: readonly Kill[];
  readonly differences: readonly string[];
}

const FOUND = {
  nothing: () => "before the run began",
  training: (step: number) => `in training, its newest checkpoint of step ${step}`,
  ended: () => "after its end",
} as const;

export function killResumeCommand(): Command {
  return new Command("kill-resume")
    .description(
      "whether a training that is killed at a random moment and resumed ends the same, bit for bit",
    )
    .option("--rounds <n>", "number of trainings", positiveInteger, 50)
    .option("--kills <n>", "number of times that each is killed", positiveInteger, 1)
    .addOption(seedOption())
    .option("--backend <id>", "backend to train on", "onnxruntime")
    .addOption(outOption())
    .action(async (options: Options) => {
      const work = await mkdtemp(join(tmpdir(), "nin-kill-resume-"));
      try {
        await measure(work, options);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
}

async function measure(work: string, { rounds: count, kills, seed, backend, out }: Options): Promise<void> {
  const random = randomFrom(seed);
  await writeModel(work);
  const times = await runTraining({ work, folder: "whole", backend });
  const expected = await readRun(join(work, "whole"));
  console.log(`Uninterrupted: ${expected.latest} steps, ${times.checkpoints} checkpoints; seed ${seed}`);
  const rounds: Round[] = [];
  for (let number = 1; number <= count; number += 1) {
    const training = { work, folder: `round-${number}`, backend };
    const moments = Array.from({ length: kills }, () => randomMoment(random, times));
    const round = await killAndResume(training, moments, expected);
    rounds.push(round);
    console.log(lineOf(number, round));
    await rm(join(work, training.folder), { recursive: true, force: true });
  }
  const counts = countsOf(rounds);
  console.log(
    `${counts.rounds} rounds: ${counts.same} the same bit for bit, ${counts.failed} different. ` +
      `Killed before the run ${counts.killedBeforeTheRun} times, in training ${counts.killedInTraining}, after its end ${counts.killedAfterItsEnd}.`,
  );
  if (out !== undefined) {
    await writeResult(out, {
      ...(await environment()),
      backend,
      seed,
      steps: Number(expected.latest),
      ...counts,
    });
  }
  if (counts.failed > 0) process.exitCode = 1;
}

/** Trains in a folder, is killed at each of the moments in turn, and goes on to the end. */
async function killAndResume(
  training: SmallTraining,
  moments: readonly Moment[],
  expected: RunContent,
): Promise<Round> {
  const run = join(training.work, training.folder);
  const kills: Kill[] = [];
  const broken: string[] = [];
  for (const moment of moments) {
    const { status, stderr } = await disturbTraining(training, moment, (child) => child.kill("SIGKILL"));
    if (status !== null && status !== 0) throw new Error(`nin ended with status ${status}: ${stderr}`);
    const step = await latestStep(run);
    const hasEnded = existsSync(join(run, "report.html")) && `${step}` === expected.latest;
    kills.push({ step, found: hasEnded ? "ended" : isBegun(run) ? "training" : "nothing" });
    broken.push(...(await brokenCheckpoints(run)));
  }
  return { kills, differences: [...broken, ...(await resumeAndCompare(training, expected))] };
}

function lineOf(number: number, { kills, differences }: Round): string {
  const shown = kills.map(({ found, step }) => `killed ${FOUND[found](step)}`).join("; ");
  const verdict = differences.length === 0 ? "same" : `DIFFERENT: ${differences.join(", ")}`;
  return `${`${number}`.padStart(3)}: ${shown}: ${verdict}`;
}

function countsOf(rounds: readonly Round[]) {
  const kills = rounds.flatMap((round) => round.kills);
  const killed = (where: Kill["found"]): number => kills.filter(({ found }) => found === where).length;
  const failed = rounds.filter(({ differences }) => differences.length > 0).length;
  return {
    rounds: rounds.length,
    same: rounds.length - failed,
    failed,
    killedBeforeTheRun: killed("nothing"),
    killedInTraining: killed("training"),
    killedAfterItsEnd: killed("ended"),
  };
}
