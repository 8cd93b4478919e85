import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { at, present } from "@nin/spec";
import { PATIENCE, runTraining, type SmallTraining, STEPS_PER_EPOCH, WARMUP_STEPS } from "./training.js";

/** What must be the same in two runs of the same settings: all but times, and the page that shows them. */
export interface RunContent {
  /** The newest checkpoint's name. */
  readonly latest: string;
  /** That of the best, where the training has one. */
  readonly best: string | undefined;
  readonly names: readonly string[];
  readonly config: string;
  readonly metrics: readonly unknown[];
  readonly state: unknown;
  /** Hashes of the newest checkpoint's tensors. */
  readonly weights: string;
  readonly optimizer: string;
}

/** What differs between two runs of the same: times and rates, and the hash over them. */
const TIMES = ["elapsedMs", "imagesPerSecond", "stateSha256"];

/** Reads a finished run. */
export async function readRun(folder: string): Promise<RunContent> {
  const latest = (await readFile(join(folder, "checkpoints", "latest"), "utf8")).trim();
  const checkpoint = join(folder, "checkpoints", latest);
  const best = await readFile(join(folder, "checkpoints", "best"), "utf8").catch(() => undefined);
  const metrics = await readFile(join(folder, "metrics.jsonl"), "utf8");
  return {
    latest,
    best: best === undefined ? undefined : await namedWeights(folder, best.trim()),
    names: (await readdir(folder, { recursive: true })).sort(),
    config: await readFile(join(folder, "config.json"), "utf8"),
    metrics: metrics
      .trimEnd()
      .split("\n")
      .map((line) => withoutTimes(JSON.parse(line))),
    state: withoutTimes(JSON.parse(await readFile(join(checkpoint, "state.json"), "utf8"))),
    weights: sha256(await readFile(join(checkpoint, "weights.safetensors"))),
    optimizer: sha256(await readFile(join(checkpoint, "optimizer.safetensors"))),
  };
}

/** `10, SHA-256 ...`. */
async function namedWeights(folder: string, step: string): Promise<string> {
  const weights = await readFile(join(folder, "checkpoints", step, "weights.safetensors"));
  return `${step}, SHA-256 ${sha256(weights)}`;
}

/** What a training had come to when its process was killed. */
export type Phase = "warm-up" | "steps" | "after a reduction" | "evaluation" | "one epoch before its end";

/** By the files of a run that has a checkpoint; `choosing` trainings log every step, before they evaluate. */
export async function phaseOf(folder: string, step: number): Promise<Phase> {
  const state: CheckpointState = JSON.parse(
    await readFile(join(folder, "checkpoints", `${step}`, "state.json"), "utf8"),
  );
  const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).split("\n").slice(0, -1);
  const last: { readonly kind: string; readonly step: number } = JSON.parse(at(lines, -1));
  if (last.kind === "step" && last.step % STEPS_PER_EPOCH === 0) return "evaluation";
  if (step < WARMUP_STEPS) return "warm-up";
  const { earlyStopping, plateau } = present(state.selection, "what the checkpoint has chosen");
  if (earlyStopping.badEpochs === PATIENCE - 1) return "one epoch before its end";
  return plateau.reductions > 0 ? "after a reduction" : "steps";
}

interface CheckpointState {
  readonly selection?: {
    readonly earlyStopping: { readonly badEpochs: number };
    readonly plateau: { readonly reductions: number };
  };
}

/**
 * Trains on to the end, and compares the run with an uninterrupted one.
 *
 * @returns the names of what differs, or why the training failed
 */
export async function resumeAndCompare(
  training: SmallTraining,
  expected: RunContent,
): Promise<readonly string[]> {
  try {
    await runTraining(training);
    const actual = await readRun(join(training.work, training.folder));
    const names = Object.keys(expected) as (keyof RunContent)[];
    return names.filter((name) => JSON.stringify(actual[name]) !== JSON.stringify(expected[name]));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Whether a run was begun in the folder. */
export function isBegun(folder: string): boolean {
  return existsSync(join(folder, "config.json"));
}

/** Checkpoints that stand under their names and are not whole: there must never be one. */
export async function brokenCheckpoints(folder: string): Promise<readonly string[]> {
  const checkpoints = join(folder, "checkpoints");
  const names = await readdir(checkpoints).catch(() => []);
  const broken: string[] = [];
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    if (!(await isWhole(join(checkpoints, name)))) broken.push(`broken checkpoint ${name}`);
  }
  return broken;
}

/** The newest checkpoint's step, as `latest` says; 0 where there is none yet. */
export async function latestStep(folder: string): Promise<number> {
  const text = await readFile(join(folder, "checkpoints", "latest"), "utf8").catch(() => "0");
  return Number(text.trim());
}

async function isWhole(checkpoint: string): Promise<boolean> {
  try {
    const text = await readFile(join(checkpoint, "state.json"), "utf8");
    const { sha256: hashes, stateSha256 } = JSON.parse(text) as {
      sha256: Readonly<Record<string, string>>;
      stateSha256: string;
    };
    if (sha256(text.replace(stateSha256, "")) !== stateSha256) return false;
    for (const [name, hash] of Object.entries(hashes)) {
      if (sha256(await readFile(join(checkpoint, name))) !== hash) return false;
    }
    return Object.keys(hashes).length === 2;
  } catch {
    return false;
  }
}

function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (TIMES.includes(key) ? undefined : inner)));
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
