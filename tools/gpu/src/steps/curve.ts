import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { measureTrajectory, runNin, trajectoryOptions } from "@nin/measure";
import type { Report, StepOptions, StepResult } from "../step.js";
import { withTemporaryFolder } from "./nin.js";

/** Losses by step as [step, loss], and the epochs as the run's metrics have them. */
export interface Curve {
  readonly losses: readonly (readonly [step: number, loss: number])[];
  readonly epochs: readonly Readonly<Record<string, unknown>>[];
}

const RECIPE = "d2l";
/** How often what there is so far is reported, in case that time runs out. */
const REPORTING_MS = 2000;
/** Fewer steps of the trajectory leave no time for the loss to fall. */
const LEAST_STEPS = 20;

/** The tutorial's training from beginning to end, by `nin train`: loss by step, accuracy by epoch, and the run's page. */
export async function curve(options: StepOptions, report: Report): Promise<StepResult> {
  const { backend, device, data, model, curveEpochs, curveImages, out } = options;
  if (!hasFashionMnist(data)) return { skipped: `no Fashion-MNIST in ${data}` };
  const limit = curveImages === null ? [] : ["--limit", `${curveImages}`, "--eval-limit", `${curveImages}`];
  return withTemporaryFolder(async (folder) => {
    const run = join(folder, "run");
    const begin = performance.now();
    const measured = async () => ({
      ...{ model, recipe: RECIPE, precision: "f32", seconds: (performance.now() - begin) / 1000 },
      ...curveOf(await readFile(join(run, "metrics.jsonl"), "utf8").catch(() => "")),
    });
    const reporting = setInterval(
      async () => report({ passed: false, curve: await measured() }),
      REPORTING_MS,
    );
    const status = await runNin([
      ...["train", model, "--recipe", RECIPE, "--epochs", `${curveEpochs}`, "--data", data, ...limit],
      ...["--backend", backend, "--device", device, "--out", run],
    ]);
    clearInterval(reporting);
    const whole = await measured();
    if (status === 0) await copyFile(join(run, "report.html"), out.replace(/(\.json)?$/, "-curve.html"));
    return { passed: status === 0 && whole.epochs.length === curveEpochs, curve: whole };
  });
}

/** The curve in a run's metrics, without the line that is being written. */
export function curveOf(text: string): Curve {
  const entries = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { kind: string; step: number; loss: number });
  return {
    losses: entries.filter(({ kind }) => kind === "step").map(({ step, loss }) => [step, loss]),
    epochs: entries.filter(({ kind }) => kind === "epoch").map(({ kind: _, ...epoch }) => epoch),
  };
}

/** `nin-mnist` with the recipe `robust` on real images, compared with PyTorch in float64 as `measure trajectory` does. */
export async function trajectory(options: StepOptions): Promise<StepResult> {
  const { backend, device, threads, data, python, trajectorySteps: steps } = options;
  if (!hasFashionMnist(data)) return { skipped: `no Fashion-MNIST in ${data}` };
  const { perturbedRuns: _, ...result } = await measureTrajectory(
    trajectoryOptions({
      ...{ model: "nin-mnist", recipe: "robust", batchSize: 32, steps, segment: 5 },
      ...{ backend, device, threads, python, pythonThreads: threads, data, plateau: steps < LEAST_STEPS },
    }),
  );
  return { ...result };
}

/** Whether a folder has the files of Fashion-MNIST. */
export function hasFashionMnist(folder: string): boolean {
  const file = join(folder, "train-images-idx3-ubyte");
  return existsSync(file) || existsSync(`${file}.gz`);
}
