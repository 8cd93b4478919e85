import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MetricsLine } from "@nin/training";
import type { RunConfig } from "@nin/training/node";
import { sampleConfig, sampleEpoch, sampleStep } from "../report/testing/sample-run.js";

/** What a sample run differs in. */
export interface SampleRunOptions {
  /** Epochs that are done, of two; both by default. */
  readonly epochs?: number;
  readonly config?: Partial<RunConfig>;
  /** Lines after those of the epochs. */
  readonly further?: readonly MetricsLine[];
}

const STEPS_PER_EPOCH = 469;

/** Writes a run folder as a training leaves it, but for weights: quick, for tests of what lists and shows runs. */
export async function writeSampleRun(
  folder: string,
  { epochs = 2, config = {}, further = [] }: SampleRunOptions = {},
): Promise<void> {
  const done = Array.from({ length: epochs }, (_, index) => sampleEpoch(index + 1));
  const step = epochs * STEPS_PER_EPOCH;
  const checkpoint = join(folder, "checkpoints", `${step}`);
  await mkdir(checkpoint, { recursive: true });
  const settings = { format: "nin-run", version: 1, ...sampleConfig(), ...config };
  await writeFile(join(folder, "config.json"), JSON.stringify(settings, undefined, 2));
  const steps = Array.from({ length: Math.floor(step / 10) }, (_, index) => sampleStep(10 * (index + 1)));
  const lines: readonly MetricsLine[] = [...steps, ...done].toSorted((a, b) => a.step - b.step);
  await writeFile(
    join(folder, "metrics.jsonl"),
    [...lines, ...further].map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  const sha256 = { "weights.safetensors": "0", "optimizer.safetensors": "0" };
  const state = {
    ...{ format: "nin-checkpoint", version: 1, step, epoch: epochs, position: 0, images: 0, lossSum: 0 },
    ...{ elapsedMs: step * 150, epochs: done, sha256 },
  };
  await writeFile(join(checkpoint, "state.json"), JSON.stringify(state));
  await writeFile(join(folder, "checkpoints", "latest"), `${step}\n`);
}
