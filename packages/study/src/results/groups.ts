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
export function variedSettings({
  runs,
}: {
  readonly runs: readonly Pick<StudyRunResult, "settings">[];
}): readonly string[] {
  const names = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  const varied = [...names].filter(
    (name) => new Set(runs.map(({ settings }) => JSON.stringify(settings[name]))).size > 1,
  );
  const named = settingNames.filter((name) => varied.includes(name));
  return [...named, ...varied.filter((name) => !named.includes(name)).sort()];
}

/**
 * What distinguishes a run, or a group of them, for a person: `nin-mnist?mlpConvs=1, learningRate 0.1, seed 2`.
 *
 * @param names - the settings that vary; without any it is the model
 */
export function settingsText(settings: StudySettings, names: readonly string[]): string {
  // What tells most runs apart comes last, as it varies most.
  const ordered = [...names.filter((name) => name !== "seed"), ...names.filter((name) => name === "seed")];
  const parts = ordered.flatMap((name) => {
    const value = settings[name];
    if (value === undefined) return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [name === "model" ? text : `${shortTitle(name, names)} ${text}`];
  });
  return parts.length === 0 ? String(settings.model) : parts.join(", ");
}

/** The last part of a path into the recipe, where no other ends in the same. */
function shortTitle(name: string, names: readonly string[]): string {
  const last = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
  const isUnique = names.every((other) => other === name || last(other) !== last(name));
  return isUnique ? last(name) : settingTitle(name);
}

/**
 * What distinguishes a group.
 *
 * @param names - the settings that vary, the seed aside
 */
export function groupText({ runs }: StudyGroup, names: readonly string[]): string {
  return settingsText(at(runs, 0).settings, names);
}

/** The name of a setting in tables: that of a recipe's field without `recipe.`. */
export function settingTitle(name: string): string {
  return name.startsWith("recipe.") ? name.slice("recipe.".length) : name;
}

/** Runs together that differ only in the seed, in the study's order. */
export function groupRuns(results: StudyResults): readonly StudyGroup[] {
  const shown = variedSettings(results).filter((name) => name !== "seed");
  const groups = new Map<string, StudyRunResult[]>();
  for (const run of results.runs) {
    // A setting that is null is not one that is missing.
    const key = JSON.stringify(shown.map((name) => (name in run.settings ? [run.settings[name]] : [])));
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
