import type { BenchResult, CaseResult, Entry } from "../result/format.js";

type Cell = string | number | null | undefined;

const COLUMNS: readonly (readonly [string, (entry: Entry, of: CaseResult) => Cell])[] = [
  ["model", (_, of) => of.model],
  ["batch", (_, of) => of.batch],
  ["precision", (_, of) => of.precision],
  ["mode", (_, of) => of.mode],
  ["contestant", ({ implementation }) => implementation],
  ["status", ({ status }) => status],
  ["images_per_second", ({ measured }) => measured?.imagesPerSecond.median],
  ["images_per_second_low", ({ measured }) => measured?.imagesPerSecond.low],
  ["images_per_second_high", ({ measured }) => measured?.imagesPerSecond.high],
  ["images_per_second_p5", ({ measured }) => measured?.imagesPerSecond.p5],
  ["images_per_second_p95", ({ measured }) => measured?.imagesPerSecond.p95],
  ["rounds", ({ measured }) => measured?.imagesPerSecond.samples.length],
  ["flops_per_second", ({ measured }) => measured?.flopsPerSecond],
  ["share_of_ceiling", ({ measured }) => measured?.shareOfCeiling],
  ["cores_used", ({ measured }) => measured?.coresUsed],
  ["peak_rss_bytes", ({ measured }) => measured?.peakRssBytes],
  ["device_bytes", ({ measured }) => measured?.deviceBytes],
  ["start_ms", ({ coldStart }) => coldStart?.startMs],
  ["load_ms", ({ coldStart }) => coldStart?.loadMs],
  ["compile_ms", ({ coldStart }) => coldStart?.compileMs],
  ["first_step_ms", ({ coldStart }) => coldStart?.firstStepMs],
  ["flags", ({ flags }) => flags.join("; ")],
  ["reason", ({ reason }) => reason],
];

/** A result as CSV: one line for each implementation in each case. The names of its columns do not change. */
export function csvOf({ cases }: BenchResult): string {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...cases.flatMap((of) => of.entries.map((entry) => COLUMNS.map(([, value]) => value(entry, of)))),
  ];
  return `${lines.map((line) => line.map(csvCell).join(",")).join("\n")}\n`;
}

/** Quoted as in RFC 4180. An apostrophe keeps a spreadsheet from taking text for a formula; numbers are written as they are. */
function csvCell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
