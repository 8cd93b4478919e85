import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
  readonly seed: number;
  readonly backend: string;
  readonly out?: string;
}

/** When a training met the full disk, and what is not as it should be. */
interface Round {
  readonly found: "fullBeforeTheRun" | "fullInTraining" | "fullAfterItsEnd";
  readonly step: number;
  readonly differences: readonly string[];
}

const SIZE = "2m";
/** What the process in the name space is told: the folder in which the small disk is mounted. */
const WORK = "NIN_FULL_DISKS_WORK";
/** What a command says when its disk is full: one line, and nothing else. */
const ONE_LINE = /^nin: [^\n]+: cannot be written: the disk is full\n$/;
const LEFT = /\.part|^lock/;

export function fullDisksCommand(): Command {
  return new Command("full-disks")
    .description(
      "whether a training whose disk becomes full ends with one line, and resumes once there is room (Linux)",
    )
    .option("--rounds <n>", "number of trainings", positiveInteger, 20)
    .addOption(seedOption())
    .option("--backend <id>", "backend to train on", "onnxruntime")
    .addOption(outOption())
    .action(async (options: Options) => {
      const work = process.env[WORK];
      process.exitCode = await (work === undefined ? withSmallDisk(options.seed) : measure(work, options));
    });
}

/** Runs this command again in a name space where a small disk is mounted. */
async function withSmallDisk(seed: number): Promise<number> {
  const work = await mkdtemp(join(tmpdir(), "nin-full-disks-"));
  try {
    await mkdir(join(work, "disk"));
    const script = `mount -t tmpfs -o size=${SIZE} none "$1" && shift && exec "$@"`;
    const again = [process.execPath, ...process.argv.slice(1), "--seed", `${seed}`];
    const inNamespace = ["--user", "--map-root-user", "--mount"];
    const args = [...inNamespace, "sh", "-c", script, "sh", join(work, "disk"), ...again];
    const child = spawn("unshare", args, { stdio: "inherit", env: { ...process.env, [WORK]: work } });
    const [status] = await once(child, "close");
    return status ?? 1;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function measure(work: string, { rounds, seed, backend, out }: Options): Promise<number> {
  const random = randomFrom(seed);
  await writeModel(work);
  const times = await runTraining({ work, folder: "whole", backend });
  const expected = await readRun(join(work, "whole"));
  const counts = { rounds, same: 0, failed: 0, fullBeforeTheRun: 0, fullInTraining: 0, fullAfterItsEnd: 0 };
  for (let number = 1; number <= rounds; number += 1) {
    const training = { work, folder: join("disk", `round-${number}`), backend };
    const { found, step, differences } = await fillAndResume(training, randomMoment(random, times), expected);
    counts[found] += 1;
    counts[differences.length === 0 ? "same" : "failed"] += 1;
    const verdict = differences.length === 0 ? "same" : `DIFFERENT: ${differences.join(", ")}`;
    console.log(`${`${number}`.padStart(3)}: ${found}, newest checkpoint of step ${step}: ${verdict}`);
    await rm(join(work, training.folder), { recursive: true, force: true });
  }
  console.log(`${rounds} rounds: ${counts.same} the same bit for bit, ${counts.failed} different.`);
  if (out !== undefined) {
    const settings = { backend, seed, diskSize: SIZE, steps: Number(expected.latest) };
    await writeResult(out, { ...(await environment()), ...settings, ...counts });
  }
  return counts.failed === 0 ? 0 : 1;
}

/** Trains on a small disk, which is filled up to its last byte at a moment; once there is room again it goes on. */
async function fillAndResume(training: SmallTraining, moment: Moment, expected: RunContent): Promise<Round> {
  const run = join(training.work, training.folder);
  const filler = join(dirname(run), "filler");
  const differences: string[] = [];
  const { status, stderr } = await disturbTraining(training, moment, () => fill(filler));
  const begun = isBegun(run);
  if (status !== 0 && !(status === 2 && ONE_LINE.test(stderr)))
    differences.push(`status ${status}: ${stderr}`);
  if (begun) differences.push(...(await brokenCheckpoints(run)));
  const names = await readdir(run).catch(() => []);
  if (names.some((name) => LEFT.test(name))) differences.push(`left: ${names.join(", ")}`);
  const step = begun ? await latestStep(run) : 0;
  await rm(filler, { force: true });
  differences.push(...(await resumeAndCompare(training, expected)));
  const found = status === 0 ? "fullAfterItsEnd" : begun ? "fullInTraining" : "fullBeforeTheRun";
  return { found, step, differences };
}

/** Writes until nothing more fits, what the training frees meanwhile included. */
async function fill(path: string): Promise<void> {
  const file = await open(path, "a");
  const block = Buffer.alloc(65536, 1);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        await file.write(block, 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    await file.close();
  }
}
