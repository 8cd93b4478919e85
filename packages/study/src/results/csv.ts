import { settingNames } from "../format/settings.js";
import type { StudyResults, StudyRunResult } from "./results.js";

const COLUMNS = [
  ...["status", "attempts", "worker", "epochs", "testAccuracy", "testLoss", "imagesPerSecond", "elapsedMs"],
  ...["parameters", "macs", "warnings", "error"],
] as const satisfies readonly (keyof StudyRunResult)[];

/**
 * The results as a table: a line for each run, with its settings, those of the recipe after the others. Fields are
 * quoted where they need it (RFC 4180); null is an empty field; a text that a spreadsheet would take for a formula is
 * preceded by an apostrophe.
 */
export function studyResultsCsv({ runs }: StudyResults): string {
  const used = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  const named = settingNames.filter((name) => used.delete(name));
  const settings = [...named, ...[...used].sort()];
  const lines = runs.map((run) => [
    run.id,
    ...settings.map((name) => run.settings[name]),
    ...COLUMNS.map((name) => cellOf(run, name)),
  ]);
  return [["id", ...settings, ...COLUMNS], ...lines]
    .map((line) => `${line.map(field).join(",")}\r\n`)
    .join("");
}

function cellOf(run: StudyRunResult, name: (typeof COLUMNS)[number]): unknown {
  if (name === "warnings") return run.warnings.join(" ");
  return name === "error" ? run.error?.message : run[name];
}

function field(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
