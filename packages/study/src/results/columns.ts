import { formatCount, formatDuration, formatLoss, formatPercent, formatRate, NO_NUMBER } from "@nin/page";
import { type JsonValue, settingNames } from "../format/settings.js";
import { type Spread, type StudyGroup, settingTitle, variedSettings } from "./groups.js";
import type { StudyResults } from "./results.js";

/** A column of a study's tables, in which a row is a group of runs that differ in the seed alone. */
export interface StudyColumn {
  readonly title: string;
  /** What a table is sorted by; null where there is none. */
  readonly value: (group: StudyGroup) => number | string | null;
  /** For a person. */
  readonly text: (group: StudyGroup) => string;
  /** Numbers are aligned right. */
  readonly align?: "right";
}

/**
 * The column of a setting.
 *
 * @param texts - other words for its values, by their JSON or, of strings, by themselves
 */
export function settingColumn(
  name: string,
  {
    title = columnTitle(name),
    texts = {},
  }: { readonly title?: string; readonly texts?: Readonly<Record<string, string>> } = {},
): StudyColumn {
  const settingOf = ({ runs }: StudyGroup): JsonValue | undefined => runs[0]?.settings[name];
  const text = (group: StudyGroup): string => {
    const value = settingOf(group);
    if (value === undefined) return NO_NUMBER;
    const written = typeof value === "string" ? value : JSON.stringify(value);
    return Object.hasOwn(texts, written) ? String(texts[written]) : written;
  };
  const isNumber = (value: unknown): value is number => typeof value === "number";
  return {
    title,
    value: (group) => {
      const value = settingOf(group);
      return isNumber(value) ? value : text(group);
    },
    text,
  };
}

/** The columns of what was counted and measured, by the name that the results give it. */
export const studyColumns = {
  runs: {
    title: "Runs",
    value: finishedCount,
    text: (group) => {
      const [finished, all] = [finishedCount(group), group.runs.length];
      return finished === all ? formatCount(all) : `${formatCount(finished)} of ${formatCount(all)}`;
    },
    align: "right",
  },
  testAccuracy: {
    title: "Test accuracy",
    value: ({ testAccuracy }) => testAccuracy?.mean ?? null,
    text: ({ testAccuracy }) => spreadText(testAccuracy, formatPercent),
    align: "right",
  },
  testAccuracyRange: {
    title: "Lowest to highest",
    value: ({ testAccuracy }) => testAccuracy?.min ?? null,
    text: ({ testAccuracy }) =>
      testAccuracy === null
        ? NO_NUMBER
        : `${formatPercent(testAccuracy.min)} to ${formatPercent(testAccuracy.max)}`,
    align: "right",
  },
  testLoss: {
    title: "Test loss",
    value: ({ testLoss }) => testLoss?.mean ?? null,
    text: ({ testLoss }) => formatLoss(testLoss?.mean),
    align: "right",
  },
  parameters: {
    title: "Parameters",
    value: ({ parameters }) => parameters,
    text: ({ parameters }) => formatCount(parameters),
    align: "right",
  },
  macs: {
    title: "MACs an image",
    value: ({ macs }) => macs,
    text: ({ macs }) => shortNumber(macs),
    align: "right",
  },
  imagesPerSecond: {
    title: "Images/s",
    value: ({ imagesPerSecond }) => imagesPerSecond?.mean ?? null,
    text: ({ imagesPerSecond }) => formatRate(imagesPerSecond?.mean),
    align: "right",
  },
  elapsedMs: {
    title: "Time a run",
    value: ({ elapsedMs }) => elapsedMs?.mean ?? null,
    text: ({ elapsedMs }) => formatDuration(elapsedMs?.mean),
    align: "right",
  },
  warnings: {
    title: "Warnings",
    value: (group) => warningsText(group),
    text: (group) => warningsText(group) || "none",
  },
} as const satisfies Readonly<Record<string, StudyColumn>>;

/** The columns that tell a study's groups apart, then what was found: what a table has by default. */
export function defaultColumns(results: StudyResults): readonly StudyColumn[] {
  const varied = variedSettings(results).filter((name) => name !== "seed");
  const seeds = new Set(results.runs.map(({ settings }) => JSON.stringify(settings.seed))).size;
  const { runs, testAccuracy, testLoss, parameters, macs, imagesPerSecond, elapsedMs } = studyColumns;
  return [
    ...(varied.length === 0 ? ["model"] : varied).map((name) => settingColumn(name)),
    ...(seeds > 1 ? [runs] : []),
    ...[testAccuracy, testLoss, parameters, macs, imagesPerSecond, elapsedMs],
  ];
}

/** `Model`; a path into the recipe stays as it is written. */
function columnTitle(name: string): string {
  return settingNames.includes(name) ? name.charAt(0).toUpperCase() + name.slice(1) : settingTitle(name);
}

/** `1.5k`, `20M`, `1.234G`, `0.05`: four digits at most. */
export function shortNumber(value: number): string {
  const units = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const unit = units.find(([size]) => Math.abs(value) >= size);
  const [size, letter] = unit ?? [1, ""];
  return `${Number((value / size).toPrecision(4))}${letter}`;
}

function finishedCount({ runs }: StudyGroup): number {
  return runs.filter(({ status }) => status === "finished").length;
}

/** `90.12% ± 0.15%`: the mean, and the standard deviation where there is more than one value. */
function spreadText(spread: Spread | null, format: (value: number) => string): string {
  if (spread === null) return NO_NUMBER;
  const { mean, standardDeviation } = spread;
  return standardDeviation === null ? format(mean) : `${format(mean)} \u00b1 ${format(standardDeviation)}`;
}

/** `dead-class (2 runs)`. */
function warningsText({ runs }: StudyGroup): string {
  const counts = new Map<string, number>();
  for (const code of runs.flatMap(({ warnings }) => warnings)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, number]) => `${code} (${number} of ${runs.length} runs)`).join(", ");
}
