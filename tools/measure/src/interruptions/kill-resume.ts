/**
 * Is a training that is killed with SIGKILL at a random moment, then resumed, the same bit for bit
 * as one that was left alone? Status 1 when one differs, or when a checkpoint is found broken.
 *
 *   node scripts/measure/kill-resume.mjs [--rounds 50] [--kills 1] [--seed N] [--backend ID] [--out FILE]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { makeFolders, realFileSystem, writeFileAtomic } from "../../packages/files/dist/index.js";
import { environment } from "./environment.mjs";
import { killAndResume } from "./kill-resume/round.mjs";
import { readRun } from "./kill-resume/run-content.mjs";
import { summaryOf } from "./kill-resume/summary.mjs";
import { runTraining, writeModel } from "./kill-resume/training.mjs";
import { randomFrom } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    kills: { type: "string", default: "1" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    backend: { type: "string", default: "onnxruntime" },
    out: { type: "string" },
  },
});
const random = randomFrom(Number(options.seed));
const work = await mkdtemp(join(tmpdir(), "nin-kill-resume-"));
try {
  await writeModel(work);
  const whole = await runTraining({ work, folder: "whole", backend: options.backend });
  const expected = await readRun(join(work, "whole"));
  console.log(
    `Uninterrupted: ${expected.latest} steps, ${whole.checkpoints} checkpoints; seed ${options.seed}`,
  );

  const rounds = [];
  for (let number = 1; number <= Number(options.rounds); number += 1) {
    const moments = Array.from({ length: Number(options.kills) }, () => randomMoment(whole));
    const folder = `round-${number}`;
    const round = await killAndResume({ work, folder, backend: options.backend, moments, expected });
    rounds.push(round);
    console.log(`${`${number}`.padStart(3)}: ${round.kills.map(killText).join("; ")}: ${verdict(round)}`);
    await rm(join(work, folder), { recursive: true, force: true });
  }

  const summary = summaryOf(rounds);
  console.log(summary.text);
  if (options.out !== undefined) await writeResult(options.out, summary, expected.latest);
  process.exitCode = summary.failed === 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Counted in checkpoints, not in time alone: how busy the machine is changes from run to run. */
function randomMoment({ checkpoints, startMs, intervalMs }) {
  const afterCheckpoints = Math.floor(random() * checkpoints);
  return { afterCheckpoints, delayMs: random() * (afterCheckpoints === 0 ? startMs : 2 * intervalMs) };
}

function killText({ found, step }) {
  const inTraining = `in training, its newest checkpoint of step ${step}`;
  return `killed ${{ nothing: "before the run began", training: inTraining, ended: "after its end" }[found]}`;
}

function verdict({ differences }) {
  return differences.length === 0 ? "same" : `DIFFERENT: ${differences.join(", ")}`;
}

async function writeResult(path, { text: _text, ...summary }, steps) {
  const { backend, seed } = options;
  const result = { ...(await environment()), backend, seed: Number(seed), steps: Number(steps), ...summary };
  await makeFolders(realFileSystem, dirname(path));
  await writeFileAtomic(path, `${JSON.stringify(result, undefined, 2)}\n`);
}
