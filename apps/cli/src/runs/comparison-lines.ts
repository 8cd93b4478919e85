import { formatCount, formatDuration, formatLoss, formatPercent, formatRate } from "@nin/page";
import { at } from "@nin/spec";
import { type Column, tableLines } from "../terminal/table.js";
import { type ComparedRun, settingDifferences, settingText } from "./compared-run.js";

/** A line of a table whose columns are runs. */
export interface ComparisonRow {
  readonly name: string;
  /** Of each run. */
  readonly values: readonly string[];
}

/** What came out of the runs. */
export function resultRows(runs: readonly ComparedRun[]): readonly ComparisonRow[] {
  const row = (name: string, value: (run: ComparedRun) => string): ComparisonRow => ({
    name,
    values: runs.map(value),
  });
  const hasValidation = runs.some(({ summary }) => summary.validationAccuracy !== null);
  return [
    row("status", ({ summary }) => summary.status),
    row("epochs", ({ summary }) => formatCount(summary.epochs)),
    row("test accuracy", ({ summary }) => formatPercent(summary.testAccuracy)),
    row("test loss", ({ summary }) => formatLoss(summary.testLoss)),
    ...(hasValidation
      ? [row("validation accuracy", ({ summary }) => formatPercent(summary.validationAccuracy))]
      : []),
    row("training loss", ({ trainLoss }) => formatLoss(trainLoss)),
    row("images/s", ({ summary }) => formatRate(summary.imagesPerSecond)),
    row("time", ({ elapsedMs }) => formatDuration(elapsedMs)),
  ];
}

/** The settings in which the runs differ. */
export function settingRows(runs: readonly ComparedRun[]): readonly ComparisonRow[] {
  return settingDifferences(runs).map(({ setting, values }) => ({
    name: setting,
    values: values.map(settingText),
  }));
}

/** A comparison for a terminal: which letter is which run, the settings that differ, the results. */
export function comparisonLines(runs: readonly ComparedRun[], width?: number): readonly string[] {
  const settings = settingRows(runs);
  return [
    ...runs.map(({ letter, summary }) => `${letter}  ${summary.run}`),
    "",
    ...(settings.length === 0
      ? ["The runs have the same settings."]
      : tableLines(columnsOf("setting", runs), settings, width)),
    "",
    ...tableLines(columnsOf("result", runs), resultRows(runs), width),
  ];
}

function columnsOf(title: string, runs: readonly ComparedRun[]): readonly Column<ComparisonRow>[] {
  const ofRuns = runs.map(
    ({ letter, index }): Column<ComparisonRow> => ({
      title: letter,
      align: "right",
      value: ({ values }) => at(values, index),
    }),
  );
  return [{ title, value: ({ name }) => name }, ...ofRuns];
}

/** A comparison as JSON: the summaries of `nin runs --json`, and the settings that differ. */
export function comparisonJson(runs: readonly ComparedRun[]): object {
  return { runs: runs.map(({ summary }) => summary), differences: settingDifferences(runs) };
}
