import { type CaseResult, type ConformanceReport, isFailure, reportByLevel } from "@nin/conformance";
import { shownText } from "@nin/spec";
import { count, plural } from "../terminal/format.js";
import { tableLines } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";

/** Longer lines of a case's details are cut. Units: characters. */
const LINE_CHARACTERS = 1000;

interface Row {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
  readonly durationMs: number;
}

/** A report to read: a table of levels, then every case that did not pass, with the reason. */
export function conformanceLines(
  report: ConformanceReport,
  name: string,
  { columns, paint = (_role, text) => text }: Pick<Terminal, "columns" | "paint"> = {},
): readonly string[] {
  const levels = reportByLevel(report).map((level) => ({ title: level.level, ...level }));
  const durationMs = levels.reduce((sum, level) => sum + level.durationMs, 0);
  return [
    `${name}: ${paint(report.failed > 0 ? "bad" : "good", verdict(report))}`,
    "",
    ...levelTable([...levels, { title: "all", ...report, durationMs }], columns),
    ...section("Failed", report.cases.filter(isFailure)),
    ...section("Expected to fail", withStatus(report, "expectedFailure")),
    ...section("Skipped", withStatus(report, "skipped")),
    ...section(
      "Notes",
      withStatus(report, "passed").filter(({ detail }) => detail !== undefined),
    ),
  ];
}

function verdict({ passed, failed, skipped, expectedFailures, cases }: ConformanceReport): string {
  if (failed > 0) return `${count(failed)} of ${plural(cases.length, "case")} failed`;
  const rest = [
    ...(expectedFailures > 0 ? [`${count(expectedFailures)} failed as expected`] : []),
    ...(skipped > 0 ? [`${count(skipped)} skipped`] : []),
  ];
  return [`${plural(passed, "case")} passed`, ...rest].join(", ");
}

function levelTable(rows: readonly Row[], width?: number): readonly string[] {
  return tableLines(
    [
      { title: "level", value: ({ title }) => title },
      { title: "passed", value: ({ passed }) => count(passed), align: "right" },
      { title: "failed", value: ({ failed }) => count(failed), align: "right" },
      { title: "expected", value: ({ expectedFailures }) => count(expectedFailures), align: "right" },
      { title: "skipped", value: ({ skipped }) => count(skipped), align: "right" },
      { title: "time", value: ({ durationMs }) => `${(durationMs / 1000).toFixed(1)}s`, align: "right" },
    ],
    rows,
    width,
  );
}

function withStatus({ cases }: ConformanceReport, status: CaseResult["status"]): readonly CaseResult[] {
  return cases.filter((result) => result.status === status);
}

/** Cases with the same detail stand together, above it. */
function section(title: string, cases: readonly CaseResult[]): readonly string[] {
  if (cases.length === 0) return [];
  const idsByDetail = new Map<string, string[]>();
  for (const { id, detail = "" } of cases) {
    const ids = idsByDetail.get(detail);
    if (ids === undefined) idsByDetail.set(detail, [id]);
    else ids.push(id);
  }
  const lines = [...idsByDetail].flatMap(([detail, ids]) => [
    ...ids.map((id) => `  ${id}`),
    ...detail.split("\n").map((line) => `    ${shownText(line, LINE_CHARACTERS)}`),
  ]);
  return ["", `${title}:`, ...lines];
}
