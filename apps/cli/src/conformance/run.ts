import type { Backend, ConvolutionArithmetic, Precision } from "@nin/backend";
import type { ConformanceReport, DeviceOptions } from "@nin/conformance";
import { writeFileAtomic } from "@nin/files";
import { loadBackend } from "@nin/registry";
import { type BackendFlags, chooseBackend, resolveDevice, threadsOf } from "../arguments/backend-options.js";
import { keepResult, requireOutputs } from "../arguments/outputs.js";
import { EXIT } from "../errors/exit-status.js";
import { UsageError } from "../errors/usage-error.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";
import { CaseProgress } from "./case-progress.js";
import { type RunSubject, runName } from "./saved-run.js";

export interface ConformanceFlags extends BackendFlags {
  readonly filter?: string;
  readonly quick?: boolean;
  readonly precision: Precision;
  readonly convolution: ConvolutionArithmetic;
  readonly json?: boolean;
  readonly junit?: string;
  readonly out?: string;
  /** Number of architectures. */
  readonly random?: number;
  readonly seed?: number;
}

/** What is checked, and where its progress is shown. */
interface Run {
  readonly backend: Backend;
  readonly options: DeviceOptions;
  readonly flags: ConformanceFlags;
  readonly terminal: Terminal;
  readonly progress: CaseProgress;
}

/** Runs the suite, or the search for a failing architecture; exit status 1 when something failed. */
export async function runConformanceCommand(
  flags: ConformanceFlags,
  terminal: Terminal,
  exit: Action,
): Promise<void> {
  checkFlags(flags);
  await requireOutputs({ "--out": flags.out, "--junit": flags.junit });
  const { backend: id, device } = await chooseBackend(flags, terminal);
  const backend = await loadBackend(id);
  const arithmetic = arithmeticFlags(flags);
  const options = { ...arithmetic, ...(device === undefined ? {} : { device }), ...threadsOf(flags) };
  const progress = new CaseProgress(terminal);
  const run: Run = { backend, options, flags, terminal, progress };
  const started = new Date();
  const report = await terminal
    .stoppable(() => (flags.random === undefined ? runSuite(run) : runSearch(run, flags.random)))
    .finally(() => progress.close());
  const name = runName({ backend: id, ...arithmetic, ...(device === undefined ? {} : { device }) });
  await print(report, name, run);
  await save(report, name, started, run);
  if (report.failed > 0) exit(EXIT.failed);
}

/** Exact convolutions are not named. */
function arithmeticFlags({
  precision,
  convolution,
}: ConformanceFlags): Pick<RunSubject, "precision" | "convolution"> {
  return { precision, ...(convolution === "fast" && { convolution }) };
}

function checkFlags({ random, seed, filter, quick, out }: ConformanceFlags): void {
  if (random !== undefined && out !== undefined) {
    throw new UsageError("--out saves a run of the suite: omit --random");
  }
  if (random === undefined && seed !== undefined)
    throw new UsageError("--seed applies to --random only: pass both");
  if (random !== undefined && (filter !== undefined || quick === true)) {
    throw new UsageError("--random tests architectures instead of cases: omit --filter and --quick");
  }
}

// The suite is loaded on demand: every other command starts without it.
async function runSuite({ backend, options, flags, terminal, progress }: Run): Promise<ConformanceReport> {
  const { runConformance } = await import("@nin/conformance");
  const { createNodeHost } = await import("@nin/conformance/node");
  return runConformance(backend, {
    ...options,
    ...(flags.filter === undefined ? {} : { filter: flags.filter }),
    quick: flags.quick === true,
    host: createNodeHost(),
    signal: terminal.signal,
    onResult: (result, { done, total }) => progress.on(result, done, total),
  });
}

async function runSearch(run: Run, count: number): Promise<ConformanceReport> {
  const { searchReport } = await import("./search.js");
  const { backend, options, flags, terminal, progress } = run;
  return searchReport(backend, {
    ...options,
    count,
    seed: flags.seed ?? 0,
    signal: terminal.signal,
    onProgress: ({ tried }) => progress.show("random architectures", tried, count),
  });
}

/** Saves the report after it was printed, so that it is not lost where it cannot be saved. */
async function save(report: ConformanceReport, name: string, started: Date, run: Run): Promise<void> {
  const { out, junit } = run.flags;
  if (out === undefined && junit === undefined) return;
  const text = await textOf(report, started, run);
  await keepResult("nin-conformance", text, async () => {
    if (out !== undefined) await writeFileAtomic(out, text);
    if (junit === undefined) return;
    const { junitXml } = await import("@nin/conformance");
    await writeFileAtomic(junit, junitXml(report, name));
  });
}

async function textOf(
  report: ConformanceReport,
  started: Date,
  { backend, options, flags }: Run,
): Promise<string> {
  const { textOfRun } = await import("./saved-run.js");
  const durationMs = Date.now() - started.getTime();
  const device = await resolveDevice({ backend: backend.id, ...options });
  const { filter, quick = false } = flags;
  const selection = { ...arithmeticFlags(flags), quick, ...(filter === undefined ? {} : { filter }) };
  return textOfRun({ backend, device, ...selection, started, durationMs, report });
}

async function print(report: ConformanceReport, name: string, { flags, terminal }: Run): Promise<void> {
  if (flags.json === true) {
    return terminal.print(JSON.stringify(asJson(report, arithmeticFlags(flags)), undefined, 2));
  }
  const { conformanceLines } = await import("./lines.js");
  for (const line of conformanceLines(report, name, terminal)) terminal.print(line);
}

function asJson(
  { passed, failed, skipped, expectedFailures, cases }: ConformanceReport,
  { precision, ...convolution }: ReturnType<typeof arithmeticFlags>,
): object {
  const withoutTimes = cases.map(({ id, status, detail }) => ({
    id,
    status,
    ...(detail === undefined ? {} : { detail }),
  }));
  const named = { ...(precision !== "f32" && { precision }), ...convolution };
  return { ...named, passed, failed, skipped, expectedFailures, cases: withoutTimes };
}
