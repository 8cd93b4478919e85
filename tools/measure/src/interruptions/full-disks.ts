/**
 * Does a training whose disk becomes full at a random moment end with one line, and go on as if nothing had been, bit for
 * bit, once there is room again? Status 1 when one does not. Linux: a small disk is mounted, in a name space of its own.
 *
 *   node scripts/measure/full-disks.mjs [--rounds 20] [--seed N] [--backend ID] [--out FILE]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { environment } from "./environment.mjs";
import { fillAndResume } from "./full-disks/round.mjs";
import { readRun } from "./kill-resume/run-content.mjs";
import { runTraining, writeModel } from "./kill-resume/training.mjs";
import { randomFrom } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    backend: { type: "string", default: "onnxruntime" },
    out: { type: "string" },
    // The folder on which a small disk was mounted: given by this script to itself.
    work: { type: "string" },
  },
});
const SIZE = "2m";

process.exitCode = await (options.work === undefined ? withSmallDisk() : measure(options.work));

/** Runs this script again in a name space where a small disk is mounted. */
async function withSmallDisk() {
  const work = await mkdtemp(join(tmpdir(), "nin-full-disks-"));
  try {
    await mkdir(join(work, "disk"));
    const script = `mount -t tmpfs -o size=${SIZE} none "$1" && shift && exec "$@"`;
    const again = [process.execPath, ...process.argv.slice(1), "--work", work];
    const args = [
      "--user",
      "--map-root-user",
      "--mount",
      "sh",
      "-c",
      script,
      "sh",
      join(work, "disk"),
      ...again,
    ];
    const [status] = await once(spawn("unshare", args, { stdio: "inherit" }), "close");
    return status ?? 1;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function measure(work) {
  const random = randomFrom(Number(options.seed));
  const { backend } = options;
  await writeModel(work);
  const whole = await runTraining({ work, folder: "whole", backend });
  const expected = await readRun(join(work, "whole"));
  const counts = {
    rounds: Number(options.rounds),
    same: 0,
    failed: 0,
    fullBeforeTheRun: 0,
    fullInTraining: 0,
    fullAfterItsEnd: 0,
  };
  const names = { nothing: "fullBeforeTheRun", training: "fullInTraining", ended: "fullAfterItsEnd" };
  for (let number = 1; number <= counts.rounds; number += 1) {
    const afterCheckpoints = Math.floor(random() * whole.checkpoints);
    const delayMs = random() * (afterCheckpoints === 0 ? whole.startMs : 2 * whole.intervalMs);
    const folder = join("disk", `round-${number}`);
    const round = await fillAndResume({ work, folder, backend, afterCheckpoints, delayMs, expected });
    counts[names[round.found]] += 1;
    counts[round.differences.length === 0 ? "same" : "failed"] += 1;
    const verdict = round.differences.length === 0 ? "same" : `DIFFERENT: ${round.differences.join(", ")}`;
    console.log(
      `${`${number}`.padStart(3)}: ${names[round.found]}, newest checkpoint of step ${round.step}: ${verdict}`,
    );
    await rm(join(work, folder), { recursive: true, force: true });
  }
  console.log(`${counts.rounds} rounds: ${counts.same} the same bit for bit, ${counts.failed} different.`);
  if (options.out !== undefined) {
    const { seed, out } = options;
    const result = {
      ...(await environment()),
      backend,
      seed: Number(seed),
      diskSize: SIZE,
      steps: Number(expected.latest),
      ...counts,
    };
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  return counts.failed === 0 ? 0 : 1;
}
