import { realpath } from "node:fs/promises";
import { finite, NO_NUMBER, seriesLetter } from "@nin/page";
import { SpecError, summarize } from "@nin/spec";
import {
  inspectRun,
  MetricsHistory,
  type RunConfig,
  type RunCurves,
  type RunSummary,
  stepsPerEpochOf,
} from "@nin/training/node";
import { UsageError } from "../errors/usage-error.js";

/** One of the runs of a comparison. */
export interface ComparedRun {
  /** From 0: which letter it has. */
  readonly index: number;
  readonly letter: string;
  readonly summary: RunSummary;
  readonly config: RunConfig;
  readonly curves: RunCurves;
  readonly stepsPerEpoch: number;
  /** The mean training loss of the newest epoch; null before the end of the first. */
  readonly trainLoss: number | null;
  /** Time that it has taken. Units: milliseconds. */
  readonly elapsedMs: number | null;
}

/**
 * Reads the runs of a comparison, whether they are being trained or not.
 *
 * @throws `UsageError` for fewer than two, or for one that is given twice; `RunError` for one that cannot be read
 */
export async function readComparedRuns(folders: readonly string[]): Promise<readonly ComparedRun[]> {
  if (folders.length < 2) throw new UsageError("compare: expected two runs or more");
  const runs = await Promise.all(folders.map(readComparedRun));
  const givenAs = new Map<string, string>();
  for (const folder of folders) {
    const path = await realpath(folder);
    const before = givenAs.get(path);
    if (before !== undefined) {
      const both =
        before === folder ? `${folder} is given twice` : `${before} and ${folder} are the same run`;
      throw new UsageError(`compare: ${both}: expected different runs`);
    }
    givenAs.set(path, folder);
  }
  return runs;
}

async function readComparedRun(folder: string, index: number): Promise<ComparedRun> {
  const { config, summary } = await inspectRun(folder);
  const history = new MetricsHistory(folder);
  await history.refresh();
  const { lines, curves } = history;
  return {
    ...{ index, letter: seriesLetter(index), summary, config, curves },
    stepsPerEpoch: stepsPerEpochOf(config),
    trainLoss: finite(lines.findLast((line) => line.kind === "epoch")?.trainLoss),
    elapsedMs: finite(lines.findLast((line) => line.kind !== "warning")?.elapsedMs),
  };
}

/** A setting in which runs differ. */
export interface SettingDifference {
  /** Its path in `config.json`: `recipe.optimizer.learningRate`; `parameters` and `macs` follow from the architecture. */
  readonly setting: string;
  /** Of each run, null where it does not have it. */
  readonly values: readonly SettingValue[];
}

export type SettingValue = string | number | boolean | null;

/** More differences between layers than this are summed up. */
const MOST_LAYER_ROWS = 12;
const LAYER = /^architecture\.layers\b/;

/** The settings in which the runs differ, in the order of `config.json`. */
export function settingDifferences(
  runs: readonly Pick<ComparedRun, "config">[],
): readonly SettingDifference[] {
  const settings = runs.map(({ config }) => new Map(settingsOf(config)));
  const names = [...new Set(settings.flatMap((each) => [...each.keys()]))];
  const differences = names
    .map((setting) => ({ setting, values: settings.map((each) => each.get(setting) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
  const ofLayers = differences.filter(({ setting }) => LAYER.test(setting));
  if (ofLayers.length <= MOST_LAYER_ROWS) return differences;
  const layers = {
    setting: "architecture.layers",
    values: runs.map(({ config }) => layerText(config)),
  };
  return [layers, ...differences.filter(({ setting }) => !LAYER.test(setting))];
}

/** A setting's value for a reader. */
export function settingText(value: SettingValue): string {
  if (value === null) return NO_NUMBER;
  const text = String(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}

function settingsOf({ architecture, ...rest }: RunConfig): readonly (readonly [string, SettingValue])[] {
  return [...leaves(sizesOf(architecture), ""), ...leaves({ architecture, ...rest }, "")];
}

/** What follows from an architecture; nothing for one that cannot be counted. */
function sizesOf(architecture: RunConfig["architecture"]): Readonly<Record<string, number>> {
  try {
    const { parameters, macs } = summarize(architecture);
    return { parameters, macs };
  } catch (error) {
    if (error instanceof SpecError) return {};
    throw error;
  }
}

/** Every value of an object, by its path; an array of plain values is one. */
function leaves(value: unknown, path: string): readonly (readonly [string, SettingValue])[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[path, value as SettingValue]];
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return [[path, value.join(", ")]];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === "" ? name : `${path}.${name}`),
  );
}

/** The kinds of the layers, in order. */
function layerText({ architecture }: RunConfig): string {
  return architecture.layers.map(({ kind }) => kind).join(", ");
}
