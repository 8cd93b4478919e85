import {
  groupRuns,
  type Spread,
  type StudyGroup,
  type StudyResults,
  type StudyRunResult,
  settingsText,
  settingTitle,
  variedSettings,
} from "@nin/study";
import { count, duration, percent, plural } from "../terminal/format.js";
import { type Column, tableLines } from "../terminal/table.js";

/**
 * What a study found: for each group of runs that differ in the seed alone the mean and the spread, in the study's order.
 *
 * @param columns - how wide the table may be
 */
export function summaryLines(results: StudyResults, columns?: number): readonly string[] {
  const groups = groupRuns(results);
  const varied = variedSettings(results).filter((name) => name !== "seed");
  const hasSeeds = groups.some(({ runs }) => runs.length > 1);
  const settings = varied.map(
    (name): Column<StudyGroup> => ({
      title: settingTitle(name),
      value: ({ settings: own }) => valueText(own[name]),
    }),
  );
  const shown = settings.length > 0 ? settings : [modelColumn];
  return tableLines(
    [
      ...shown,
      ...(hasSeeds ? [{ title: "runs", value: finishedText, align: "right" } as const] : []),
      {
        title: hasSeeds ? "accuracy (mean)" : "accuracy",
        value: ({ testAccuracy }) => (testAccuracy === null ? "-" : percent(testAccuracy.mean)),
        align: "right",
      },
      ...(hasSeeds
        ? [
            {
              title: "sd",
              value: (group: StudyGroup) => deviationText(group.testAccuracy),
              align: "right",
            } as const,
          ]
        : []),
      {
        title: "loss",
        value: ({ testLoss }) => (testLoss === null ? "-" : testLoss.mean.toFixed(4)),
        align: "right",
      },
      { title: "parameters", value: ({ parameters }) => count(parameters), align: "right" },
      { title: "MACs", value: ({ macs }) => shortCount(macs), align: "right" },
      {
        title: "time",
        value: ({ elapsedMs }) => (elapsedMs === null ? "-" : duration(elapsedMs.mean)),
        align: "right",
      },
    ],
    groups,
    columns,
  );
}

/** Each run of a study and how far it is, as a table. */
export function statusLines(results: StudyResults, columns?: number): readonly string[] {
  const varied = variedSettings(results);
  return tableLines<StudyRunResult>(
    [
      { title: "run", value: ({ id }) => id },
      { title: "settings", value: ({ settings }) => settingsText(settings, varied) },
      { title: "status", value: ({ status }) => status },
      { title: "epochs", value: ({ epochs }) => (epochs === null ? "-" : count(epochs)), align: "right" },
      {
        title: "accuracy",
        value: ({ testAccuracy }) => (testAccuracy === null ? "-" : percent(testAccuracy)),
        align: "right",
      },
      {
        title: "time",
        value: ({ elapsedMs }) => (elapsedMs === null ? "-" : duration(elapsedMs)),
        align: "right",
      },
    ],
    results.runs,
    columns,
  );
}

/** `5 finished, 1 failed, 3 waiting`. */
export function statusCounts({ runs }: StudyResults): string {
  const counts = new Map<string, number>();
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = (["finished", "failed", "running", "interrupted", "waiting"] as const)
    .filter((status) => counts.has(status))
    .map((status) => `${counts.get(status)} ${status}`);
  return `${plural(runs.length, "run")}: ${parts.join(", ")}`;
}

const modelColumn: Column<StudyGroup> = {
  title: "model",
  value: ({ runs }) => valueText(runs[0]?.settings.model),
};

function valueText(value: unknown): string {
  if (value === undefined) return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function finishedText({ runs, testAccuracy }: StudyGroup): string {
  const finished = testAccuracy?.count ?? runs.filter(({ status }) => status === "finished").length;
  return finished === runs.length ? `${runs.length}` : `${finished} of ${runs.length}`;
}

function deviationText(spread: Spread | null): string {
  return spread === null || spread.standardDeviation === null ? "-" : percent(spread.standardDeviation);
}

/** `1.23M`, `123k`. */
function shortCount(value: number): string {
  const [unit, factor] = value >= 1e9 ? ["G", 1e9] : value >= 1e6 ? ["M", 1e6] : ["k", 1e3];
  return `${(value / (factor as number)).toPrecision(3)}${unit}`;
}
