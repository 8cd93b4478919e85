import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Precision } from "@nin/backend";
import type { BenchOptions, BenchResult, Section } from "@nin/bench";
import { builtinArchitecture, shownText } from "@nin/spec";
import { dataSource } from "../data-source.js";
import { EXIT } from "../exit-status.js";
import { interruptedStatus } from "../interrupt.js";
import { requireMemory } from "../machine-memory.js";
import { readModelArgument } from "../model-argument.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { writeWhole } from "../write-whole.js";
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
const MINUTE_MS = 60_000;

/** Measures, writes the results in all forms, and prints the tables; status 1 when a contestant was wrong. */
export async function runBenchCommand(flags: BenchFlags, terminal: Terminal, exit: Action): Promise<void> {
  const { runBench } = await import("@nin/bench");
  const display = new BenchDisplay(terminal);
  const options: BenchOptions = {
    ...(await optionsOf(flags)),
    signal: terminal.signal,
    onProgress: (progress) => display.on(progress),
  };
  const result = await terminal.stoppable(() => runBench(options)).finally(() => display.close());
  const folder = flags.out ?? DEFAULT_FOLDER;
  await writeResult(folder, result);
  if (flags.json === true) terminal.print(JSON.stringify(result, undefined, 2));
  else await printTables(result, terminal);
  terminal.note(`Results: ${join(folder, "report.html")}, report.md, result.json, cases.csv`);
  const wrong = result.cases.some(({ entries }) => entries.some(({ status }) => status === "wrong"));
  if (result.interrupted) exit(interruptedStatus(terminal.signal));
  else if (wrong) exit(EXIT.failed);
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

function sectionOf(text: string): Section {
  const section = SECTIONS.find((known) => known === text.trim());
  if (section === undefined)
    throw new UsageError(`--mode: expected some of ${SECTIONS.join(", ")}, got ${shownText(text)}`);
  return section;
}

async function writeResult(folder: string, result: BenchResult): Promise<void> {
  const { csvOf, markdownOf, renderBenchPage } = await import("@nin/bench");
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, "result.json"), `${JSON.stringify(result, undefined, 1)}\n`);
  await writeWhole(join(folder, "cases.csv"), csvOf(result));
  await writeWhole(join(folder, "report.md"), markdownOf(result));
  await writeWhole(join(folder, "report.html"), renderBenchPage(result));
}

async function printTables(result: BenchResult, terminal: Terminal): Promise<void> {
  const { caseName } = await import("@nin/bench");
  const { caseLines } = await import("./lines.js");
  for (const of of result.cases) {
    terminal.print(shownText(caseName(of)));
    for (const line of caseLines(of)) terminal.print(`  ${line}`);
    terminal.print();
  }
  for (const { what, why } of result.notMeasured)
    terminal.print(`not measured: ${shownText(what)}: ${shownText(why, 1000)}`);
}
