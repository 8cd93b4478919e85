import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const NIN = fileURLToPath(new URL("../../../apps/cli/bin/nin.js", import.meta.url));

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
const FLAGS = [
  ...["--data", "synthetic", "--recipe", "robust", "--threads", "1"],
  ...["--limit", "200", "--batch-size", "16", "--epochs", "6", "--eval-limit", "100"],
  ...["--log-every", "2", "--checkpoint-every", "2"],
];

export function writeModel(work) {
  return writeFile(join(work, "small.json"), JSON.stringify(MODEL));
}

/**
 * Trains to the end, in a new folder or going on in it. Throws: when that fails.
 *
 * @returns how many checkpoints it saved, the time to the first, and between two.
 */
export async function runTraining({ work, folder, backend, device }) {
  const savedAt = [];
  const startedAt = performance.now();
  const { ended } = start({
    work,
    folder,
    backend,
    device,
    onCheckpoint: () => savedAt.push(performance.now()),
  });
  const { status, stderr } = await ended;
  if (status !== 0) throw new Error(`nin ended with status ${status}: ${stderr}`);
  const [first = startedAt] = savedAt;
  const intervalMs = ((savedAt.at(-1) ?? first) - first) / Math.max(1, savedAt.length - 1);
  return { checkpoints: savedAt.length, startMs: first - startedAt, intervalMs };
}

/** Trains, and kills the process some time after it saved so many checkpoints. Throws: when it failed before. */
export async function killTraining({ work, folder, backend, afterCheckpoints, delayMs }) {
  let saved = 0;
  let timer;
  const killSoon = () => {
    timer = setTimeout(() => child.kill("SIGKILL"), delayMs);
  };
  const onCheckpoint = () => {
    saved += 1;
    if (saved === afterCheckpoints) killSoon();
  };
  const { child, ended } = start({ work, folder, backend, onCheckpoint });
  if (afterCheckpoints === 0) killSoon();
  const { status, stderr } = await ended;
  clearTimeout(timer);
  if (status !== null && status !== 0) throw new Error(`nin ended with status ${status}: ${stderr}`);
}

/** The command's arguments: to begin, or to go on where there is a run. */
export function trainingArgs({ work, folder, backend, device }) {
  const isBegun = existsSync(join(work, folder, "config.json"));
  const where = ["--backend", backend, ...(device === undefined ? [] : ["--device", device])];
  const begin = ["small.json", ...FLAGS, ...where, "--out", folder];
  return [NIN, "train", ...(isBegun ? ["--resume", folder] : begin)];
}

/** Starts `nin`, to begin a training or to go on with it. */
export function start({ onCheckpoint, ...training }) {
  const { work } = training;
  const args = trainingArgs(training);
  const child = spawn(process.execPath, args, { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  createInterface(child.stdout).on("line", (line) => {
    if (line.startsWith("Checkpoint saved")) onCheckpoint();
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (status) => resolve({ status, stderr }));
  });
  return { child, ended };
}
