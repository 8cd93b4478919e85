import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at, entry } from "@nin/spec";
import { Command } from "commander";
import { randomFrom } from "../support/numbers.js";
import {
  outOption,
  type Place,
  placesOption,
  placesOr,
  positiveInteger,
  seedOption,
} from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { latestStep, type RunContent, readRun, resumeAndCompare } from "./run-content.js";
import { leftInTerminal, type TerminalOutcome, typeCtrlC } from "./terminal.js";
import { runTraining, type SmallTraining, trainingArgs, writeModel } from "./training.js";

const DEVICES = ["onnxruntime:cpu"];

interface Options {
  readonly rounds: number;
  readonly device?: readonly Place[];
  readonly seed: number;
  readonly out?: string;
}

/** A training that nobody interrupted. */
interface Uninterrupted {
  readonly content: RunContent;
  readonly startMs: number;
}

type Found = "after its end" | "before Node" | "saved in time" | "forced";

interface Round {
  readonly device: string;
  readonly afterStep: number;
  readonly delaysMs: readonly number[];
  readonly found: Found;
  readonly status: number | null;
  readonly signal: string | null;
  readonly endMs: number;
  readonly faults: readonly string[];
}

export function doubleInterruptsCommand(): Command {
  return new Command("double-interrupts")
    .description(
      "whether a training ends well when Ctrl-C is typed two or three times (needs script of util-linux)",
    )
    .option("--rounds <n>", "number of trainings, the devices in turn", positiveInteger, 20)
    .addOption(placesOption(DEVICES))
    .addOption(seedOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const work = await mkdtemp(join(tmpdir(), "nin-double-interrupts-"));
      try {
        await measure(work, options);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
}

async function measure(work: string, { rounds: count, device, seed, out }: Options): Promise<void> {
  const random = randomFrom(seed);
  const places = placesOr(device, DEVICES);
  await writeModel(work);
  const uninterrupted = new Map<string, Uninterrupted>();
  for (const place of places) uninterrupted.set(place.name, await trainAlone(work, place, seed));
  const rounds: Round[] = [];
  for (let number = 1; number <= count; number += 1) {
    const place = at(places, (number - 1) % places.length);
    const training = trainingOn(work, `round-${number}`, place);
    const round = await interruptAndResume(training, place.name, entry(uninterrupted, place.name), random);
    rounds.push(round);
    console.log(lineOf(number, round));
  }
  const summary = summaryOf(rounds);
  console.log(`${summary.rounds} rounds: ${summary.right} as they should be, ${summary.wrong} not.`);
  if (out !== undefined) {
    const settings = { devices: places.map(({ name }) => name), seed };
    await writeResult(out, { ...(await environment()), ...settings, ...summary, each: rounds });
  }
  if (summary.wrong > 0) process.exitCode = 1;
}

async function trainAlone(work: string, place: Place, seed: number): Promise<Uninterrupted> {
  const folder = `whole-${place.name.replace(":", "-")}`;
  const { startMs } = await runTraining(trainingOn(work, folder, place));
  const content = await readRun(join(work, folder));
  console.log(`${place.name}: uninterrupted, ${content.latest} steps; seed ${seed}`);
  return { content, startMs };
}

async function interruptAndResume(
  training: SmallTraining,
  name: string,
  { content, startMs }: Uninterrupted,
  random: () => number,
): Promise<Round> {
  const { work, folder } = training;
  const run = join(work, folder);
  // Counted in steps, not in time alone: how busy the machine is changes from run to run.
  const afterStep = Math.floor(random() * 0.9 * Number(content.latest));
  const first = random() * (afterStep < 2 ? startMs : 100);
  const again = Array.from({ length: random() < 0.3 ? 2 : 1 }, () => 5 + random() * 60);
  const delaysMs = [first, ...again].map(Math.round);
  const outcome = await typeCtrlC(trainingArgs(training), {
    work,
    isMoment: async () => (await latestStep(run)) >= (afterStep < 2 ? 0 : afterStep),
    delaysMs,
  });
  const { status, signal, output, endMs } = outcome;
  const found = foundBy(outcome, run);
  const faults = [...leftInTerminal(output)];
  if (status !== 130 && found !== "after its end" && found !== "before Node") {
    faults.push(`status ${status}, signal ${signal}`);
  }
  if (existsSync(join(run, "lock"))) faults.push("the lock is left");
  faults.push(...(await resumeAndCompare(training, content)));
  await rm(run, { recursive: true, force: true });
  if (faults.length > 0) console.log(JSON.stringify(output.slice(-2000)));
  return { device: name, afterStep, delaysMs, found, status, signal, endMs: Math.round(endMs), faults };
}

function foundBy({ status, signal, output }: TerminalOutcome, run: string): Found {
  if (status === 0 && output.includes("Done: ")) return "after its end";
  // Before Node itself has started nothing can be caught: the signal kills the process, which a shell shows as 130.
  const isEmpty = output.replaceAll("^C", "").trim() === "";
  if (signal === "SIGINT" && !existsSync(run) && isEmpty) return "before Node";
  return output.includes("a checkpoint was saved") ? "saved in time" : "forced";
}

function trainingOn(work: string, folder: string, { backend, device }: Place): SmallTraining {
  return { work, folder, backend, device };
}

function lineOf(number: number, { device, afterStep, delaysMs, found, faults }: Round): string {
  const verdict = faults.length === 0 ? "as it should be" : `WRONG: ${faults.join(", ")}`;
  const typed = delaysMs.join(" + ");
  return `${`${number}`.padStart(3)} ${device}: Ctrl-C at step ${afterStep} + ${typed} ms, ${found}: ${verdict}`;
}

function summaryOf(rounds: readonly Round[]) {
  const wrong = rounds.filter(({ faults }) => faults.length > 0).length;
  const found: Partial<Record<Found, number>> = {};
  for (const round of rounds) found[round.found] = (found[round.found] ?? 0) + 1;
  const longestEndMs = Math.max(...rounds.map(({ endMs }) => endMs));
  return { rounds: rounds.length, right: rounds.length - wrong, wrong, found, longestEndMs };
}
