import { spawnSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Precision } from "@nin/backend";
import type { BenchOptions, BenchResult, Section } from "@nin/bench";
import { checkFolderWritable, systemReason, writeFolderAtomic } from "@nin/files";
import { builtinArchitecture, shownText } from "@nin/spec";
import { dataSource, downloadNotes } from "../arguments/data-source.js";
import { readModelArgument } from "../arguments/model-argument.js";
import { keepResult } from "../arguments/outputs.js";
import { EXIT } from "../errors/exit-status.js";
import { UsageError } from "../errors/usage-error.js";
import { interruptedStatus } from "../process/interrupt.js";
import { requireMemory } from "../process/machine-memory.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";
import { BenchDisplay } from "./display.js";

export interface BenchFlags {
  readonly quick?: boolean;
  readonly backend?: readonly string[];
  readonly model?: readonly string[];
  readonly batch?: readonly number[];
  readonly mode?: string;
  readonly precision?: readonly Precision[];
  readonly recipe?: string;
  readonly data?: string;
  readonly threads?: number;
  readonly minutes?: number;
  readonly python?: string;
  readonly tfjs?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const SECTIONS: readonly Section[] = ["train", "forward", "epoch", "layers", "accuracy"];
const DEFAULT_FOLDER = "runs/bench";
/** What is written into it. */
const FILES = ["result.json", "cases.csv", "report.md", "report.html"] as const;
const MINUTE_MS = 60_000;

/** Measures, prints the tables, and writes the results in all forms; status 1 when a contestant was wrong or none measured. */
export async function runBenchCommand(flags: BenchFlags, terminal: Terminal, exit: Action): Promise<void> {
  const folder = flags.out ?? DEFAULT_FOLDER;
  const asked = await optionsOf(flags);
  await checkFolderWritable(folder, { names: FILES });
  await requirePeers(flags);
  const { runBench } = await import("@nin/bench");
  const display = new BenchDisplay(terminal);
  const options: BenchOptions = {
    ...asked,
    signal: terminal.signal,
    onDownload: downloadNotes(terminal),
    onProgress: (progress) => display.on(progress),
  };
  const result = await terminal.stoppable(() => runBench(options)).finally(() => display.close());
  if (flags.json === true) terminal.print(JSON.stringify(result, undefined, 2));
  else await printTables(result, terminal);
  await writeResult(folder, result);
  terminal.note(`Results: ${join(folder, "report.html")}, report.md, result.json, cases.csv`);
  const statuses = result.cases.flatMap(({ entries }) => entries.map(({ status }) => status));
  const isEmpty =
    result.layers.length === 0 && result.accuracy.length === 0 && !statuses.includes("measured");
  if (result.interrupted) exit(interruptedStatus(terminal.signal));
  else if (isEmpty) terminal.note("Nothing was measured.");
  if (!result.interrupted && (isEmpty || statuses.includes("wrong"))) exit(EXIT.failed);
}

async function optionsOf(flags: BenchFlags): Promise<BenchOptions> {
  const { backend, model, batch, mode, precision, recipe, data, threads, minutes, python, tfjs } = flags;
  const largest = Math.max(1, ...(batch ?? []));
  const needs = { copies: 2, batch: largest, inputBatch: largest };
  // The smallest of those that are measured where none is named.
  if (model === undefined) requireMemory(builtinArchitecture("nin-mnist"), needs);
  const models = await Promise.all(
    (model ?? []).map(async (name) => {
      const architecture = await readModelArgument(name);
      requireMemory(architecture, needs);
      return { name: name.endsWith(".json") ? architecture.name : name, architecture };
    }),
  );
  return {
    quick: flags.quick === true,
    ...(backend === undefined ? {} : { backends: backend }),
    ...(model === undefined ? {} : { models }),
    ...(batch === undefined ? {} : { batches: batch }),
    ...(mode === undefined ? {} : { sections: mode.split(",").map(sectionOf) }),
    ...(precision === undefined ? {} : { precisions: precision }),
    ...(recipe === undefined ? {} : { recipe }),
    ...(data === undefined ? {} : { data: dataSource(data) }),
    ...(threads === undefined ? {} : { threads }),
    ...(minutes === undefined ? {} : { budgetMs: minutes * MINUTE_MS }),
    ...(python === undefined ? {} : { python }),
    ...(tfjs === undefined ? {} : { tfjs }),
  };
}

/** What a user points at is there: of a runtime that it lacks, the result says so. */
async function requirePeers({ python, tfjs }: BenchFlags): Promise<void> {
  if (python !== undefined) {
    const { error } = spawnSync(python, ["--version"], { stdio: "ignore" });
    if (error !== undefined)
      throw new UsageError(`--python ${python}: cannot be started: ${systemReason(error)}`, { cause: error });
  }
  if (tfjs === undefined) return;
  const isFolder = await stat(tfjs).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new UsageError(`--tfjs ${tfjs}: expected the folder of a project that has TensorFlow.js installed`);
}

function sectionOf(text: string): Section {
  const section = SECTIONS.find((known) => known === text.trim());
  if (section === undefined)
    throw new UsageError(`--mode: expected some of ${SECTIONS.join(", ")}, got ${shownText(text)}`);
  return section;
}

async function writeResult(folder: string, result: BenchResult): Promise<void> {
  const { csvOf, markdownOf, renderBenchPage } = await import("@nin/bench");
  const json = `${JSON.stringify(result, undefined, 1)}\n`;
  const contents = new Map([
    ["result.json", json],
    ["cases.csv", csvOf(result)],
    ["report.md", markdownOf(result)],
    ["report.html", renderBenchPage(result)],
  ]);
  await keepResult("nin-bench", json, () => writeFolderAtomic(folder, contents));
}

async function printTables(result: BenchResult, terminal: Terminal): Promise<void> {
  const { caseName } = await import("@nin/bench");
  const { caseLines } = await import("./lines.js");
  const width = terminal.columns === undefined ? undefined : terminal.columns - 2;
  for (const of of result.cases) {
    terminal.print(shownText(caseName(of)));
    for (const line of caseLines(of, width)) terminal.print(`  ${line}`);
    terminal.print();
  }
  for (const { what, why } of result.notMeasured)
    terminal.print(`not measured: ${shownText(what)}: ${shownText(why, 1000)}`);
}
