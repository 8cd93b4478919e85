import {
  type BenchProgress,
  type BenchResult,
  type CaseResult,
  caseName,
  type Entry,
  rate,
  referenceRatio,
} from "@nin/bench";
import { shownText } from "@nin/spec";
import { bytes, percent } from "../terminal/format.js";
import { type Column, tableLines } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";

/** Progress of a run: one line that is written over on a terminal, a line for each section elsewhere. */
export class BenchDisplay {
  #section = "";

  constructor(private readonly terminal: Terminal) {}

  show({ section, doing, done }: BenchProgress): void {
    if (this.terminal.isInteractive) {
      const line = `${`${Math.floor(100 * done)}%`.padStart(4)} ${section}: ${doing}`;
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    } else if (section !== this.#section) {
      this.terminal.note(`${Math.floor(100 * done)}% ${section}`);
    }
    this.#section = section;
  }

  close(): void {
    if (this.terminal.isInteractive) process.stderr.write("\r\u001b[2K");
  }
}

/** Prints a result's tables, and what was not measured. */
export function printTables(result: BenchResult, terminal: Terminal): void {
  const width = terminal.columns === undefined ? undefined : terminal.columns - 2;
  for (const of of result.cases) {
    terminal.print(shownText(caseName(of)));
    for (const line of caseLines(of, width)) terminal.print(`  ${line}`);
    terminal.print();
  }
  for (const { implementation, model, batch, peakRssBytes, deviceBytes } of result.memory ?? []) {
    const onDevice = deviceBytes === null ? "" : `, ${bytes(deviceBytes)} on the device`;
    const what = shownText(`${model}, batch ${batch}: ${implementation}`);
    terminal.print(`${what}: ${bytes(peakRssBytes)} at most${onDevice}`);
  }
  for (const { what, why } of result.notMeasured)
    terminal.print(`not measured: ${shownText(what)}: ${shownText(why, 1000)}`);
}

/** The table of one case; below it, why the others were not measured. */
function caseLines(of: CaseResult, width?: number): readonly string[] {
  const measured = of.entries.flatMap((entry) =>
    entry.measured === undefined ? [] : [{ ...entry, measured: entry.measured }],
  );
  const others = of.entries.filter((entry) => entry.measured === undefined);
  return [
    ...(measured.length === 0 ? [] : tableLines(columnsOf(of), measured, width)),
    ...others.map(({ implementation, status, reason = "" }) =>
      shownText(`${implementation}: ${status}: ${reason.replace(/\s+/g, " ")}`, 1000),
    ),
    ...measured.flatMap(({ implementation, flags }) =>
      flags.map((flag) => shownText(`${implementation}: ${flag}`, 1000)),
    ),
  ];
}

type MeasuredEntry = Entry & { readonly measured: NonNullable<Entry["measured"]> };

function columnsOf(of: CaseResult): readonly Column<MeasuredEntry>[] {
  const [ratio] = of.ratios;
  return [
    { title: "implementation", value: ({ implementation }) => implementation },
    { title: "images/s", value: ({ measured }) => rate(measured.imagesPerSecond.median), align: "right" },
    {
      title: "95% interval",
      value: ({ measured: { imagesPerSecond } }) =>
        `${rate(imagesPerSecond.low)} to ${rate(imagesPerSecond.high)}`,
      align: "right",
    },
    {
      title: ratio === undefined ? "times the first" : `times ${ratio.to}`,
      value: ({ implementation }) => {
        const speed = referenceRatio(of, implementation)?.speed;
        return speed === undefined ? "1" : rate(speed.median);
      },
      align: "right",
    },
    {
      title: "of ceiling",
      value: ({ measured: { shareOfCeiling } }) => (shareOfCeiling === null ? "" : percent(shareOfCeiling)),
      align: "right",
    },
    { title: "peak memory", value: ({ measured }) => bytes(measured.peakRssBytes), align: "right" },
  ];
}
