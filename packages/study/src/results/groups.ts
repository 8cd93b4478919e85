import { at } from "@nin/spec";
import { type JsonValue, type StudySettings, settingNames } from "../format/settings.js";
import type { StudyResults, StudyRunResult } from "./results.js";

/** The mean of some values, and how they spread. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** The sample's; null for a single value. */
  readonly standardDeviation: number | null;
  readonly min: number;
  readonly max: number;
}

/** Runs whose settings differ in nothing but the seed. */
export interface StudyGroup {
  /** What distinguishes the group: the settings that vary in the study, the seed aside. */
  readonly settings: StudySettings;
  readonly runs: readonly StudyRunResult[];
  /** Of the finished runs, as the others are; null where none has a value. */
  readonly testAccuracy: Spread | null;
  readonly testLoss: Spread | null;
  readonly imagesPerSecond: Spread | null;
  readonly elapsedMs: Spread | null;
  readonly parameters: number;
  readonly macs: number;
}

/** The settings that vary in a study, in the order of tables; the seed is one where it varies. */
export function variedSettings({ runs }: StudyResults): readonly string[] {
  const names = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  const varied = [...names].filter(
    (name) => new Set(runs.map(({ settings }) => JSON.stringify(settings[name]))).size > 1,
  );
  const named = settingNames.filter((name) => varied.includes(name));
  return [...named, ...varied.filter((name) => !named.includes(name)).sort()];
}

/** Runs together that differ only in the seed, in the study's order. */
export function groupRuns(results: StudyResults): readonly StudyGroup[] {
  const shown = variedSettings(results).filter((name) => name !== "seed");
  const groups = new Map<string, StudyRunResult[]>();
  for (const run of results.runs) {
    const key = JSON.stringify(shown.map((name) => run.settings[name]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups.values()].map((runs) => groupOf(runs, shown));
}

function groupOf(runs: readonly StudyRunResult[], shown: readonly string[]): StudyGroup {
  const first = at(runs, 0);
  const finished = runs.filter(({ status }) => status === "finished");
  const spreadOfField = (
    name: "testAccuracy" | "testLoss" | "imagesPerSecond" | "elapsedMs",
  ): Spread | null => spreadOf(finished.map((run) => run[name]).filter((value) => value !== null));
  const settings = shown.flatMap((name): readonly (readonly [string, JsonValue])[] => {
    const value = first.settings[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    settings: Object.fromEntries(settings),
    runs,
    testAccuracy: spreadOfField("testAccuracy"),
    testLoss: spreadOfField("testLoss"),
    imagesPerSecond: spreadOfField("imagesPerSecond"),
    elapsedMs: spreadOfField("elapsedMs"),
    parameters: first.parameters,
    macs: first.macs,
  };
}

/** Null without values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count,
    mean,
    standardDeviation: count === 1 ? null : Math.sqrt(squares / (count - 1)),
    min: values.reduce((least, value) => Math.min(least, value)),
    max: values.reduce((most, value) => Math.max(most, value)),
  };
}
