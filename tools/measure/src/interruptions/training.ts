import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { builtinRecipe } from "@nin/spec";
import { NIN } from "../support/child-process.js";

/** A run of the small network, in a folder of a working directory. */
export interface SmallTraining {
  readonly work: string;
  /** The run's folder, relative to `work`. */
  readonly folder: string;
  readonly backend: string;
  readonly device?: string;
  /** What it has to decide; `plain` by default. */
  readonly kind?: TrainingKind;
}

/**
 * A `plain` training runs through its epochs. A `choosing` one has augmentation, a validation split, a plateau schedule,
 * early stopping and a best checkpoint.
 */
export type TrainingKind = "plain" | "choosing";

/** A moment in a training, counted in checkpoints, so that it does not depend on how busy the machine is. */
export interface Moment {
  readonly afterCheckpoints: number;
  readonly delayMs: number;
}

/** How an uninterrupted training went. */
export interface TrainingTimes {
  /** The number of checkpoints that it saved. */
  readonly checkpoints: number;
  /** The time to the first checkpoint. */
  readonly startMs: number;
  /** The time between two checkpoints. */
  readonly intervalMs: number;
}

/** How a process ended; status null where a signal ended it. */
export interface Outcome {
  readonly status: number | null;
  readonly stderr: string;
}

/** Small, with all that a training has: dropout, moments, evaluations; a checkpoint every few milliseconds. */
const MODEL = {
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 1, height: 28, width: 28 },
  layers: [
    { kind: "ninBlock", outChannels: 6, kernelSize: 5, stride: 3 },
    { kind: "maxPool2d", kernelSize: 2, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "ninBlock", outChannels: 10, kernelSize: 3, padding: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
};
const FLAGS: Readonly<Record<TrainingKind, readonly string[]>> = {
  plain: [
    ...["--recipe", "robust", "--batch-size", "16", "--epochs", "6", "--eval-limit", "100"],
    ...["--log-every", "2"],
  ],
  choosing: ["--recipe", "./choosing.json", "--eval-limit", "400", "--log-every", "1"],
};
const COMMON = ["--data", "synthetic", "--threads", "1", "--limit", "200", "--checkpoint-every", "2"];
/** Of a `choosing` training. */
export const STEPS_PER_EPOCH = 10;
export const WARMUP_STEPS = 15;
export const PATIENCE = 5;
/** The rate is reduced some times, and the run ends before its last epoch. */
const CHOOSING = {
  ...builtinRecipe("robust"),
  name: "choosing",
  schedule: {
    ...{ kind: "plateau", factor: 0.5, patience: 1, warmupSteps: WARMUP_STEPS },
    monitor: "validationAccuracy",
  },
  augmentation: { horizontalFlip: 0.5, cropPadding: 2 },
  validation: { fraction: 0.2 },
  earlyStopping: { monitor: "validationAccuracy", patience: PATIENCE },
  batchSize: 16,
  epochs: 30,
};

/** Writes the files that `trainingArgs` names. */
export async function writeModel(work: string): Promise<void> {
  await writeFile(join(work, "small.json"), JSON.stringify(MODEL));
  await writeFile(join(work, "choosing.json"), JSON.stringify(CHOOSING));
}

/** Arguments of Node: to begin a training, or to continue it where there is a run. */
export function trainingArgs(training: SmallTraining): readonly string[] {
  const { work, folder, backend, device, kind = "plain" } = training;
  const isBegun = existsSync(join(work, folder, "config.json"));
  const where = ["--backend", backend, ...(device === undefined ? [] : ["--device", device])];
  const begin = ["small.json", ...COMMON, ...FLAGS[kind], ...where, "--out", folder];
  return [NIN, "train", ...(isBegun ? ["--resume", folder] : begin)];
}

/**
 * Trains to the end, in a new folder or from where the run in it stopped.
 *
 * @throws Error when the training fails
 */
export async function runTraining(training: SmallTraining): Promise<TrainingTimes> {
  const savedAt: number[] = [];
  const startedAt = performance.now();
  const { ended } = startTraining(training, () => savedAt.push(performance.now()));
  const { status, stderr } = await ended;
  if (status !== 0) throw new Error(`nin ended with status ${status}: ${stderr}`);
  // A resumed training may have nothing left to save.
  const first = savedAt[0] ?? startedAt;
  const last = savedAt.at(-1) ?? first;
  const intervalMs = (last - first) / Math.max(1, savedAt.length - 1);
  return { checkpoints: savedAt.length, startMs: first - startedAt, intervalMs };
}

/**
 * Starts a training, and does something to it at a moment.
 *
 * @returns how it ended, when all of that is done
 */
export async function disturbTraining(
  training: SmallTraining,
  { afterCheckpoints, delayMs }: Moment,
  disturb: (child: ChildProcess) => unknown,
): Promise<Outcome> {
  let saved = 0;
  let timer: NodeJS.Timeout | undefined;
  let disturbance: unknown;
  const disturbSoon = () => {
    timer = setTimeout(() => {
      disturbance = disturb(child);
    }, delayMs);
  };
  const { child, ended } = startTraining(training, () => {
    saved += 1;
    if (saved === afterCheckpoints) disturbSoon();
  });
  if (afterCheckpoints === 0) disturbSoon();
  const outcome = await ended;
  clearTimeout(timer);
  await disturbance;
  return outcome;
}

/**
 * A moment at random, anywhere in a training that takes as long as this one did.
 *
 * @param kills - how often the training is disturbed; each moment then is in its own share of the training, or earlier
 */
export function randomMoment(
  random: () => number,
  { checkpoints, startMs, intervalMs }: TrainingTimes,
  kills = 1,
): Moment {
  const afterCheckpoints = Math.floor((random() * checkpoints) / kills);
  return { afterCheckpoints, delayMs: random() * (afterCheckpoints === 0 ? startMs : 2 * intervalMs) };
}

function startTraining(training: SmallTraining, onCheckpoint: () => void) {
  const child = spawn(process.execPath, trainingArgs(training), {
    cwd: training.work,
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface(child.stdout).on("line", (line) => {
    if (line.startsWith("Checkpoint saved")) onCheckpoint();
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject).on("close", (status) => resolve({ status, stderr }));
  });
  return { child, ended };
}
