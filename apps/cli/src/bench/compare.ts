import { EXIT } from "../errors/exit-status.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";

export interface CompareFlags {
  readonly threshold?: number;
  readonly json?: boolean;
}

const DEFAULT_THRESHOLD = 0.05;

/** Tells what changed; status 1 when something is slower beyond noise and the threshold. */
export async function runCompareCommand(
  before: string,
  after: string,
  { threshold = DEFAULT_THRESHOLD, json }: CompareFlags,
  terminal: Terminal,
  exit: Action,
): Promise<void> {
  const { compareResults, comparisonLines, readResult } = await import("@nin/bench");
  const comparison = compareResults(await readResult(before), await readResult(after), threshold);
  if (json === true) terminal.print(JSON.stringify(comparison, undefined, 2));
  else for (const line of comparisonLines(comparison, threshold)) terminal.print(line);
  if (comparison.regressions > 0) exit(EXIT.failed);
}
