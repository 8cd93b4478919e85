import { join } from "node:path";
import type { BenchOptions, BenchResult } from "@nin/bench";
import { checkFolderWritable, writeFolderAtomic } from "@nin/files";
import { downloadNotes } from "../arguments/data-source.js";
import { keepResult } from "../arguments/outputs.js";
import { EXIT } from "../errors/exit-status.js";
import { UsageError } from "../errors/usage-error.js";
import { interruptedStatus } from "../process/interrupt.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";
import { type BenchFlags, benchOptions, requireRuntimes } from "./options.js";

const DEFAULT_FOLDER = "runs/bench";
/** The files that are written into it. */
const FILES = ["result.json", "cases.csv", "report.md", "report.html"] as const;
/** The fraction by which a regression is slower. */
const THRESHOLD = 0.05;
/** The same where two checkouts are measured in turn, which shows smaller differences. */
const CHECKOUT_THRESHOLD = 0.02;

/**
 * `nin bench`: measures, prints the tables, and writes the results in all forms. The status is 1 when an
 * implementation was wrong, when nothing was measured, or when this checkout is slower than another.
 */
export async function runBenchCommand(flags: BenchFlags, terminal: Terminal, exit: Action): Promise<void> {
  const folder = flags.out ?? DEFAULT_FOLDER;
  const asked = await benchOptions(flags);
  await checkFolderWritable(folder, { names: FILES });
  await requireRuntimes(flags);
  const busyNote = await noteOfLoad(flags.requireQuiet === true);
  const { checkoutLines, compareCheckouts, resultJson, runBench } = await import("@nin/bench");
  const { BenchDisplay, printTables } = await import("./output.js");
  const display = new BenchDisplay(terminal);
  let isPlanned = false;
  const options: BenchOptions = {
    ...asked,
    signal: terminal.signal,
    onDownload: downloadNotes(terminal),
    onProgress: (progress) => {
      // What cannot be measured is refused before, in one line.
      if (!isPlanned && busyNote !== undefined) terminal.note(busyNote);
      isPlanned = true;
      display.show(progress);
    },
  };
  const result = await terminal.stoppable(() => runBench(options)).finally(() => display.close());
  const checkouts = compareCheckouts(result, flags.threshold ?? CHECKOUT_THRESHOLD);
  if (flags.json === true) terminal.print(JSON.stringify(resultJson(result), undefined, 2));
  else {
    printTables(result, terminal);
    for (const line of checkoutLines(checkouts)) terminal.print(line);
  }
  await writeResult(folder, result);
  terminal.note(`Results: ${join(folder, "report.html")}, report.md, result.json, cases.csv`);
  const statuses = result.cases.flatMap(({ entries }) => entries.map(({ status }) => status));
  const others = [...result.layers, ...result.accuracy, ...(result.memory ?? [])];
  const isEmpty = others.length === 0 && !statuses.includes("measured");
  const isSlower = checkouts.some(({ regression }) => regression);
  if (result.interrupted) exit(interruptedStatus(terminal.signal));
  else if (isEmpty) terminal.note("Nothing was measured.");
  if (!result.interrupted && (isEmpty || isSlower || statuses.includes("wrong"))) exit(EXIT.failed);
}

/** The options of `nin bench compare`. */
export interface CompareFlags {
  readonly threshold?: number;
  readonly json?: boolean;
}

/** `nin bench compare`: prints what changed from one result to another. The status is 1 on a regression. */
export async function runCompareCommand(
  before: string,
  after: string,
  { threshold = THRESHOLD, json }: CompareFlags,
  terminal: Terminal,
  exit: Action,
): Promise<void> {
  const { compareResults, comparisonJson, comparisonLines, readResult } = await import("@nin/bench");
  const comparison = compareResults(await readResult(before), await readResult(after), threshold);
  if (json === true) terminal.print(JSON.stringify(comparisonJson(comparison), undefined, 2));
  else for (const line of comparisonLines(comparison, threshold)) terminal.print(line);
  if (comparison.regressions > 0) exit(EXIT.failed);
}

/**
 * What is to be said of a machine that is busy; nothing where it is not.
 *
 * @throws UsageError where only a quiet machine is to be measured
 */
async function noteOfLoad(requireQuiet: boolean): Promise<string | undefined> {
  const { busyLoad } = await import("@nin/bench");
  const load = busyLoad();
  if (load === undefined) return undefined;
  const busy = `other programs are using this machine (load ${load.toFixed(2)})`;
  if (requireQuiet) throw new UsageError(`--require-quiet: ${busy}; wait until they have ended`);
  return `Note: ${busy}, so the figures will be less reliable than they could be.`;
}

async function writeResult(folder: string, result: BenchResult): Promise<void> {
  const { csvOf, markdownOf, renderBenchPage, resultJson } = await import("@nin/bench");
  const json = `${JSON.stringify(resultJson(result), undefined, 1)}\n`;
  const contents = new Map([
    ["result.json", json],
    ["cases.csv", csvOf(result)],
    ["report.md", markdownOf(result)],
    ["report.html", renderBenchPage(result)],
  ]);
  await keepResult("nin-bench", json, () => writeFolderAtomic(folder, contents));
}
