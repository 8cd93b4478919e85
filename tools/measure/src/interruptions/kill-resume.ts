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
  type Phase,
  phaseOf,
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
  readonly choosing?: boolean;
  readonly out?: string;
}

/** Where a kill met the training, and the newest checkpoint's step then. */
interface Kill {
  readonly found: keyof typeof FOUND;
  readonly step: number;
  /** Of a `choosing` training that has a checkpoint and has not ended. */
  readonly phase?: Phase;
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
    .option("--choosing", "training with augmentation, validation, a plateau schedule and early stopping")
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

async function measure(work: string, options: Options): Promise<void> {
  const { rounds: count, kills, seed, backend, out, choosing = false } = options;
  const kind = choosing ? "choosing" : "plain";
  const random = randomFrom(seed);
  await writeModel(work);
  const times = await runTraining({ work, folder: "whole", backend, kind });
  const expected = await readRun(join(work, "whole"));
  console.log(`Uninterrupted: ${expected.latest} steps, ${times.checkpoints} checkpoints; seed ${seed}`);
  const rounds: Round[] = [];
  for (let number = 1; number <= count; number += 1) {
    const training = { work, folder: `round-${number}`, backend, kind } as const;
    const moments = Array.from({ length: kills }, () => randomMoment(random, times, kills));
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
      ...(choosing && { kind, bestStep: Number.parseInt(expected.best ?? "", 10) }),
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
    const phase =
      training.kind === "choosing" && step > 0 && !hasEnded ? await phaseOf(run, step) : undefined;
    const found = hasEnded ? "ended" : isBegun(run) ? "training" : "nothing";
    kills.push({ step, found, ...(phase && { phase }) });
    broken.push(...(await brokenCheckpoints(run)));
  }
  return { kills, differences: [...broken, ...(await resumeAndCompare(training, expected))] };
}

function lineOf(number: number, { kills, differences }: Round): string {
  const shown = kills
    .map(({ found, step, phase }) => `killed ${FOUND[found](step)}${phase ? ` (${phase})` : ""}`)
    .join("; ");
  const verdict = differences.length === 0 ? "same" : `DIFFERENT: ${differences.join(", ")}`;
  return `${`${number}`.padStart(3)}: ${shown}: ${verdict}`;
}

function countsOf(rounds: readonly Round[]) {
  const kills = rounds.flatMap((round) => round.kills);
  const killed = (where: Kill["found"]): number => kills.filter(({ found }) => found === where).length;
  const phases = kills.flatMap(({ phase }) => phase ?? []);
  const failed = rounds.filter(({ differences }) => differences.length > 0).length;
  return {
    rounds: rounds.length,
    same: rounds.length - failed,
    failed,
    killedBeforeTheRun: killed("nothing"),
    killedInTraining: killed("training"),
    killedAfterItsEnd: killed("ended"),
    ...(phases.length > 0 && { phases: Object.fromEntries(countsByName(phases)) }),
  };
}

function countsByName(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
