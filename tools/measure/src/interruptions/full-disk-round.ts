import { existsSync } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brokenCheckpoints, differencesOf, latestStep, readRun } from "../kill-resume/run-content.mjs";
import { runTraining, start } from "../kill-resume/training.mjs";

/** What a command says when its disk is full: one line, and nothing else. */
const ONE_LINE = /^nin: [^\n]+: cannot be written: the disk is full\n$/;
const LEFT = /\.part|^lock/;

/**
 * Trains in a folder of a small disk, which is filled up to its last byte some time after so many checkpoints were saved;
 * once there is room again the training goes on to its end.
 *
 * @returns when it met the full disk, and what is not as it should be
 */
export async function fillAndResume({ work, folder, backend, afterCheckpoints, delayMs, expected }) {
  const run = join(work, folder);
  const filler = join(dirname(run), "filler");
  const differences = [];
  const { status, stderr } = await trainOnFullDisk({
    work,
    folder,
    backend,
    afterCheckpoints,
    delayMs,
    filler,
  });
  const begun = existsSync(join(run, "config.json"));
  const found = status === 0 ? "ended" : begun ? "training" : "nothing";
  if (status !== 0 && !(status === 2 && ONE_LINE.test(stderr)))
    differences.push(`status ${status}: ${stderr}`);
  if (begun) differences.push(...(await brokenCheckpoints(run)));
  const names = await readdir(run).catch(() => []);
  if (names.some((name) => LEFT.test(name))) differences.push(`left: ${names.join(", ")}`);
  const step = begun ? await latestStep(run) : 0;
  await rm(filler, { force: true });
  try {
    await runTraining({ work, folder, backend });
    differences.push(...differencesOf(await readRun(run), expected));
  } catch (error) {
    differences.push(error.message);
  }
  return { found, step, differences };
}

async function trainOnFullDisk({ work, folder, backend, afterCheckpoints, delayMs, filler }) {
  let saved = 0;
  let timer;
  const filled = [];
  const fillSoon = () => {
    timer = setTimeout(() => filled.push(fill(filler)), delayMs);
  };
  const onCheckpoint = () => {
    saved += 1;
    if (saved === afterCheckpoints) fillSoon();
  };
  const { ended } = start({ work, folder, backend, onCheckpoint });
  if (afterCheckpoints === 0) fillSoon();
  const result = await ended;
  clearTimeout(timer);
  await Promise.all(filled);
  return result;
}

/** Writes until nothing more fits. What the training frees meanwhile is taken as well, for a while. */
async function fill(path) {
  const file = await open(path, "a");
  const block = Buffer.alloc(65536, 1);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        await file.write(block, 0, size);
      } catch (error) {
        if (error.code !== "ENOSPC") throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    await file.close();
  }
}
