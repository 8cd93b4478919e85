import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { namesBelow, readJsonLines } from "@nin/test-support";
import { expect } from "vitest";

/** What differs between two runs of the same: times and rates, how long they were to be, and hashes over that. */
const TIMES: readonly string[] = ["elapsedMs", "imagesPerSecond", "configSha256", "stateSha256"];

/** What must be the same, bit for bit, in two runs of the same settings: all but times and versions. */
export interface RunContent {
  readonly names: readonly string[];
  readonly latest: string;
  readonly weights: Buffer;
  readonly optimizer: Buffer;
  readonly state: unknown;
  readonly metrics: readonly unknown[];
}

export async function readRun(folder: string): Promise<RunContent> {
  const latest = (await readFile(join(folder, "checkpoints", "latest"), "utf8")).trim();
  const checkpoint = join(folder, "checkpoints", latest);
  return {
    names: await namesBelow(folder),
    latest,
    weights: await readFile(join(checkpoint, "weights.safetensors")),
    optimizer: await readFile(join(checkpoint, "optimizer.safetensors")),
    state: withoutTimes(JSON.parse(await readFile(join(checkpoint, "state.json"), "utf8"))),
    metrics: withoutTimes(await readJsonLines(join(folder, "metrics.jsonl"))) as readonly unknown[],
  };
}

export async function expectSameRun(folder: string, expected: string): Promise<void> {
  const [actual, wanted] = [await readRun(folder), await readRun(expected)];
  expect(actual.metrics).toEqual(wanted.metrics);
  expect(actual.state).toEqual(wanted.state);
  expect(actual.weights.equals(wanted.weights)).toBe(true);
  expect(actual.optimizer.equals(wanted.optimizer)).toBe(true);
  expect(actual.names).toEqual(wanted.names);
}

function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !TIMES.includes(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutTimes(inner)]));
}
