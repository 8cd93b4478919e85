import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { floatTensors } from "@nin/safetensors";
import { readSafetensors, writeSafetensors } from "@nin/safetensors/node";
import { type Architecture, entry, initialParameters, type Recipe } from "@nin/spec";
import { runPython } from "../support/child-process.js";
import type { Differences, NamedTensors } from "./difference.js";

/** The number of test images whose logits are compared after each segment. */
export const LOGIT_IMAGES = 64;

/** What is trained, and how it is cut into segments. */
export interface OracleRun {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly steps: number;
  readonly segment: number;
}

/** A run by name, as results keep it. */
export interface NamedRun extends Omit<OracleRun, "architecture"> {
  readonly model: string;
}

/** Where the oracle's run comes from. */
export interface OracleOptions extends OracleRun {
  readonly run: NamedRun;
  readonly python: string;
  readonly pythonThreads: number;
  readonly data: string;
  /** The folder where the run is kept, and continued or used again; by default a temporary one. */
  readonly oracle?: string;
  /** A file with an earlier result of the same run, whose spreads are used again. */
  readonly spreadOf?: string;
}

/** Parameters and optimizer state in float64, after so many steps. */
export interface OracleState {
  readonly step: number;
  readonly parameters: NamedTensors;
  readonly optimizer: NamedTensors;
}

/** A part of the oracle's run. */
export interface OracleSegment {
  /** The number of its first step. */
  readonly first: number;
  readonly losses: readonly number[];
  /** [images, classes]. */
  readonly logits: readonly (readonly number[])[];
  /** The oracle's largest differences from itself, with perturbed weights. */
  readonly spread: Differences & { readonly runs: number };
  /** PyTorch's own float32 run, compared in the same way. */
  readonly float32: Differences;
  stateBefore(): Promise<OracleState>;
  stateAfter(): Promise<OracleState>;
}

type SegmentSpread = Pick<OracleSegment, "spread" | "float32">;

/**
 * Makes PyTorch's float64 run and its spread, or continues them where they are not yet whole, and uses their segments.
 *
 * @throws Error when the folder, or the earlier result, is of another run
 */
export async function withOracle<Result>(
  options: OracleOptions,
  use: (segments: readonly OracleSegment[]) => Promise<Result>,
): Promise<Result> {
  const folder = options.oracle ?? (await mkdtemp(join(tmpdir(), "nin-oracle-")));
  try {
    await fillFolder(folder, options);
    return await use(await runOracle(folder, options));
  } finally {
    if (options.oracle === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Writes what PyTorch is given. */
async function fillFolder(
  folder: string,
  { architecture, recipe, steps, segment }: OracleRun,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const wanted = JSON.stringify({ architecture, recipe, steps, segment });
  const settings = join(folder, "settings.json");
  if (existsSync(settings)) {
    if ((await readFile(settings, "utf8")) === wanted) return;
    throw new Error(`--oracle ${folder}: holds another run; give another folder, or remove it`);
  }
  await writeFile(join(folder, "architecture.json"), JSON.stringify(architecture));
  await writeFile(join(folder, "recipe.json"), JSON.stringify(recipe));
  const parameters = initialParameters(architecture, recipe.init, recipe.seed);
  await writeSafetensors(join(folder, "weights.safetensors"), parameters);
  await writeFile(settings, wanted);
}

async function runOracle(folder: string, options: OracleOptions): Promise<readonly OracleSegment[]> {
  const { python, spreadOf, run } = options;
  const known = spreadOf === undefined ? undefined : await spreadsOfResult(spreadOf, run);
  const file = (name: string): string => join(folder, name);
  const shared = [
    ...["--architecture", file("architecture.json"), "--recipe", file("recipe.json")],
    ...["--data", options.data, "--states", file("states")],
    ...["--steps", `${options.steps}`, "--segment", `${options.segment}`],
    ...["--logit-images", `${LOGIT_IMAGES}`, "--threads", `${options.pythonThreads}`],
  ];
  const trajectory = file("trajectory.jsonl");
  const weights = ["--weights", file("weights.safetensors")];
  await runPython(python, "trajectory.py", [...shared, ...weights, "--output", trajectory]);
  const spreads =
    known ?? (await measureSpreads(python, [...shared, "--trajectory", trajectory], file("spread.jsonl")));
  const segments = await readLines<Pick<OracleSegment, "first" | "losses" | "logits">>(trajectory);
  return segments.map(({ first, losses, logits }) => ({
    first,
    losses,
    logits,
    ...entry(spreads, first),
    stateBefore: () => readState(folder, first),
    stateAfter: () => readState(folder, first + losses.length),
  }));
}

/** By the segments' first steps. */
async function measureSpreads(
  python: string,
  args: readonly string[],
  output: string,
): Promise<ReadonlyMap<number, SegmentSpread>> {
  await runPython(python, "spread.py", [...args, "--output", output]);
  const lines = await readLines<OracleSegment["spread"] & { first: number; float32: Differences }>(output);
  return new Map(lines.map(({ first, float32, ...spread }) => [first, { spread, float32 }]));
}

/** The spreads of an earlier result, by the segments' first steps. */
async function spreadsOfResult(path: string, run: NamedRun): Promise<ReadonlyMap<number, SegmentSpread>> {
  const result = JSON.parse(await readFile(path, "utf8")) as {
    run: NamedRun;
    segments: readonly { first: number; spread: OracleSegment["spread"]; pytorchFloat32: Differences }[];
  };
  if (JSON.stringify(result.run) !== JSON.stringify(run)) {
    throw new Error(`--spread-of ${path}: expected a result of this run, got one of another`);
  }
  return new Map(
    result.segments.map(({ first, spread, pytorchFloat32 }) => [first, { spread, float32: pytorchFloat32 }]),
  );
}

async function readLines<Line>(path: string): Promise<readonly Line[]> {
  const text = await readFile(path, "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

async function readState(folder: string, step: number): Promise<OracleState> {
  const path = join(folder, "states", `${step}.safetensors`);
  const tensors = [...floatTensors(await readSafetensors(path), path)];
  return {
    step,
    parameters: new Map(tensors.filter(([name]) => name.startsWith("net."))),
    optimizer: new Map(tensors.filter(([name]) => !name.startsWith("net."))),
  };
}
