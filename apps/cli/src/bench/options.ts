import { spawnSync } from "node:child_process";
import { stat } from "node:fs/promises";
import type { Precision } from "@nin/backend";
import type { BenchOptions, Section } from "@nin/bench";
import { systemReason } from "@nin/files";
import { builtinArchitecture, shownText } from "@nin/spec";
import { dataSource } from "../arguments/data-source.js";
import { readModelArgument } from "../arguments/model-argument.js";
import { UsageError } from "../errors/usage-error.js";
import { requireMemory } from "../process/machine-memory.js";

/** The options of `nin bench`, as commander gives them. */
export interface BenchFlags {
  readonly quick?: boolean;
  readonly backend?: readonly string[];
  readonly model?: readonly string[];
  readonly batch?: readonly number[];
  readonly mode?: string;
  readonly precision?: readonly Precision[];
  readonly tf32?: boolean;
  readonly fast?: boolean;
  readonly resident?: string | true;
  readonly recipe?: string;
  readonly data?: string;
  readonly threads?: number;
  readonly minutes?: number;
  readonly rounds?: number;
  readonly slice?: number;
  readonly python?: string;
  readonly tfjs?: string;
  readonly baseline?: readonly string[];
  readonly browser?: readonly string[] | true;
  readonly browserPath?: string;
  readonly browserOnly?: boolean;
  readonly checkout?: string;
  readonly threshold?: number;
  readonly requireQuiet?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** The values of `--mode`. */
export const SECTIONS: readonly Section[] = ["train", "forward", "epoch", "layers", "accuracy", "memory"];
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** What the flags ask for; reads architectures, and checks that what they name is there. */
export async function benchOptions(flags: BenchFlags): Promise<BenchOptions> {
  const { backend, model, batch, mode, precision, recipe, data, threads, minutes, rounds, slice } = flags;
  const { python, tfjs, baseline, checkout, resident, tf32, fast } = flags;
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
    ...(tf32 === undefined ? {} : { tf32 }),
    ...(fast === undefined ? {} : { fast }),
    ...(resident === undefined ? {} : { resident: residentSize(resident) }),
    ...(recipe === undefined ? {} : { recipe }),
    ...(data === undefined ? {} : { data: dataSource(data) }),
    ...(threads === undefined ? {} : { threads }),
    ...(minutes === undefined ? {} : { budgetMs: minutes * MINUTE_MS }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(slice === undefined ? {} : { sliceMs: slice * SECOND_MS }),
    ...(python === undefined ? {} : { python }),
    ...(tfjs === undefined ? {} : { tfjs }),
    ...(baseline === undefined ? {} : { baselines: baseline }),
    ...(checkout === undefined ? {} : { checkout }),
    ...browserOption(flags),
  };
}

/** Any of the three options asks for a browser. */
function browserOption({
  browser,
  browserPath,
  browserOnly,
  ...flags
}: BenchFlags): Pick<BenchOptions, "browser"> {
  if (browser === undefined && browserPath === undefined && browserOnly === undefined) return {};
  const inNode = (["backend", "python", "tfjs", "baseline", "checkout"] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (browserOnly === true && inNode !== undefined) {
    throw new UsageError(`--browser-only: expected nothing in Node, got --${inNode} too`);
  }
  return {
    browser: {
      ...(Array.isArray(browser) ? { implementations: browser } : {}),
      ...(browserPath === undefined ? {} : { path: browserPath }),
      ...(browserOnly === undefined ? {} : { only: browserOnly }),
    },
  };
}

/** The interpreter and the folder that the flags name are there. What they lack is reported in the result. */
export async function requireRuntimes({ python, tfjs }: BenchFlags): Promise<void> {
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

/** `--resident` alone, or with a height and a width. */
function residentSize(value: string | true): NonNullable<BenchOptions["resident"]> {
  if (value === true) return "network";
  const [, height, width] = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/.exec(value) ?? [];
  if (height === undefined || width === undefined)
    throw new UsageError(`--resident: expected a height and a width like 28x28, got ${shownText(value)}`);
  return { height: Number(height), width: Number(width) };
}
