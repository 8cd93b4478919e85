/**
 * Is a training that Ctrl-C is typed at two or three times, at random moments, ended as it should be: with status 130,
 * the cursor shown, the progress bar and the lock gone, no stack trace; and is the run, resumed, the same bit for bit
 * as one that was left alone? Needs `script` of util-linux. Status 1 when a round is not so.
 *
 *   node scripts/measure/double-interrupts.mjs [--rounds 20] [--device BACKEND:DEVICE]... [--seed N] [--out FILE]
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { interrupted, leftInTerminal } from "./double-interrupts/interrupted.mjs";
import { environment } from "./environment.mjs";
import { differencesOf, latestStep, readRun } from "./kill-resume/run-content.mjs";
import { runTraining, trainingArgs, writeModel } from "./kill-resume/training.mjs";
import { randomFrom } from "./random.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    device: { type: "string", multiple: true, default: ["onnxruntime:cpu"] },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    out: { type: "string" },
  },
});
const random = randomFrom(Number(options.seed));
const work = await mkdtemp(join(tmpdir(), "nin-double-interrupts-"));
try {
  await writeModel(work);
  const uninterrupted = new Map();
  for (const name of options.device) uninterrupted.set(name, await trainAlone(name));
  const rounds = [];
  for (let number = 1; number <= Number(options.rounds); number += 1) {
    const name = options.device[(number - 1) % options.device.length];
    const round = await interruptAndResume(`round-${number}`, name, uninterrupted.get(name));
    rounds.push(round);
    const verdict = round.faults.length === 0 ? "as it should be" : `WRONG: ${round.faults.join(", ")}`;
    const typed = round.delaysMs.map((delayMs) => `${delayMs}`).join(" + ");
    console.log(
      `${`${number}`.padStart(3)} ${name}: Ctrl-C at step ${round.afterStep} + ${typed} ms, ${round.found}: ${verdict}`,
    );
  }
  const summary = summaryOf(rounds);
  console.log(`${summary.rounds} rounds: ${summary.right} as they should be, ${summary.wrong} not.`);
  if (options.out !== undefined) await writeResult(options.out, summary, rounds);
  process.exitCode = summary.wrong === 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
}

async function trainAlone(name) {
  const folder = `whole-${name.replace(":", "-")}`;
  const { startMs } = await runTraining({ work, folder, ...whereOf(name) });
  const content = await readRun(join(work, folder));
  console.log(`${name}: uninterrupted, ${content.latest} steps; seed ${options.seed}`);
  return { content, startMs };
}

async function interruptAndResume(folder, name, { content, startMs }) {
  const training = { work, folder, ...whereOf(name) };
  const run = join(work, folder);
  // Counted in steps, not in time alone: how busy the machine is changes from run to run.
  const afterStep = Math.floor(random() * 0.9 * Number(content.latest));
  const first = random() * (afterStep < 2 ? startMs : 100);
  const again = Array.from({ length: random() < 0.3 ? 2 : 1 }, () => 5 + random() * 60);
  const delaysMs = [first, ...again].map(Math.round);
  const { status, signal, output, endMs } = await interrupted(trainingArgs(training), {
    work,
    isMoment: async () => (await latestStep(run)) >= (afterStep < 2 ? 0 : afterStep),
    delaysMs,
  });
  const faults = leftInTerminal(output);
  const hadEnded = status === 0 && output.includes("Done: ");
  // Before Node itself has started nothing can be caught: the signal kills the process, 130 to a shell.
  const wasStarting = signal === "SIGINT" && !existsSync(run) && output.replaceAll("^C", "").trim() === "";
  if (status !== 130 && !hadEnded && !wasStarting) faults.push(`status ${status}, signal ${signal}`);
  if (existsSync(join(run, "lock"))) faults.push("the lock is left");
  const saved = output.includes("a checkpoint was saved");
  const found = hadEnded ? "after its end" : wasStarting ? "before Node" : saved ? "saved in time" : "forced";
  try {
    await runTraining(training);
    faults.push(...differencesOf(await readRun(run), content));
  } catch (error) {
    faults.push(error.message);
  }
  await rm(run, { recursive: true, force: true });
  if (faults.length > 0) console.log(JSON.stringify(output.slice(-2000)));
  return { device: name, afterStep, delaysMs, found, status, signal, endMs: Math.round(endMs), faults };
}

function whereOf(name) {
  const [backend, device] = name.split(":");
  return { backend, device };
}

function summaryOf(rounds) {
  const wrong = rounds.filter(({ faults }) => faults.length > 0).length;
  const kinds = {};
  for (const { found } of rounds) kinds[found] = (kinds[found] ?? 0) + 1;
  const longestEndMs = Math.max(...rounds.map(({ endMs }) => endMs));
  return { rounds: rounds.length, right: rounds.length - wrong, wrong, found: kinds, longestEndMs };
}

async function writeResult(path, summary, rounds) {
  const { device: devices, seed } = options;
  const result = { ...(await environment()), devices, seed: Number(seed), ...summary, each: rounds };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(result, undefined, 2)}\n`);
}
