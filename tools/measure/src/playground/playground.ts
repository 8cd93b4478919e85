import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { loadDataset } from "@nin/data/node";
import type { Page } from "@nin/headless-chromium";
import { loadBackend } from "@nin/registry";
import { at, entry } from "@nin/spec";
import { type FoundRun, type MetricsLine, readRunFolder, trainModel } from "@nin/training";
import { Command, Option } from "commander";
import { unzipSync } from "fflate";
import { dataOption, outOption, positiveInteger } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { openServedPage, readyFor, waitForStep } from "./served-page.js";

/** A task of the main thread that is longer is felt. Units: milliseconds. */
const LONG_TASK_MS = 50;
/** Above this two runs are not the same: the ceiling of `measure trajectory`. */
const TOLERANCE = 1e-3;

interface LongTask {
  /** Since the measurement began. Units: milliseconds. */
  readonly afterMs: number;
  readonly ms: number;
}

const CHECKS = ["load", "tasks", "memory", "accuracy", "node"] as const;

interface Options {
  readonly data: string;
  readonly check: readonly (typeof CHECKS)[number][];
  readonly on: string;
  readonly steps: number;
  readonly out?: string;
}

export function playgroundCommand(): Command {
  return new Command("playground")
    .description(
      "the playground in a headless Chromium: its first load, long tasks, memory, time to 80% accuracy, the same run in Node",
    )
    .addOption(dataOption())
    .addOption(new Option("--check <name...>", "what to measure").choices(CHECKS).default([...CHECKS]))
    .option("--on <label>", "device, by what its label contains", "WebAssembly")
    .option("--steps <n>", "number of steps over which memory is watched", positiveInteger, 5000)
    .addOption(outOption())
    .action(async (options: Options) => {
      const measured: Record<string, unknown> = {};
      for (const check of options.check) {
        measured[check] = await MEASUREMENTS[check](options);
        console.log(`${check}: ${JSON.stringify(measured[check])}`);
      }
      if (options.out === undefined) return;
      const { on, steps } = options;
      await writeResult(options.out, {
        format: "nin-playground",
        version: 1,
        environment: await environment(),
        ...{ on, steps, ...measured },
      });
    });
}

const MEASUREMENTS = {
  load: firstLoad,
  tasks: longTasks,
  memory,
  accuracy: timeToAccuracy,
  node: sameInNode,
} as const;

/** The first visit by the browser's own timings, and how much it loads, until a network can be trained. */
async function firstLoad({ data }: Options): Promise<object> {
  await using served = await openServedPage(data);
  const { page } = served;
  await page.getByRole("button", { name: "Train", exact: true }).and(page.locator(":enabled")).waitFor();
  // In the page's words: Node's types, which these are, know other entries.
  return await page.evaluate<object>(`(() => {
    const visit = performance.getEntriesByType("navigation")[0];
    const files = performance.getEntriesByType("resource");
    return {
      firstContentfulPaintMs: Math.round(performance.getEntriesByName("first-contentful-paint")[0].startTime),
      domContentLoadedMs: Math.round(visit.domContentLoadedEventEnd),
      loadMs: Math.round(visit.loadEventEnd),
      readyMs: Math.round(performance.now()),
      requests: files.length + 1,
      transferredBytes: files.reduce((sum, file) => sum + file.transferSize, visit.transferSize),
    };
  })()`);
}

async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Train", exact: true }).click();
}

/** Tasks of the page's own thread that took long in the minute after training was begun, and how long after. */
async function longTasks({ data, on }: Options): Promise<object> {
  await using served = await openServedPage(data);
  const { page } = served;
  await readyFor(page, on);
  // The types of Node, which these are, have no long tasks.
  await page.evaluate(`{
    globalThis.longTasks = [];
    const began = performance.now();
    const entry = ({ startTime, duration }) => ({ afterMs: Math.round(startTime - began), ms: duration });
    new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(entry))).observe({ type: "longtask" });
  }`);
  await train(page);
  await page.waitForTimeout(60_000);
  const tasks = await page.evaluate(() => (globalThis as unknown as { longTasks: LongTask[] }).longTasks);
  return { seconds: 60, longerThanMs: LONG_TASK_MS, tasks };
}

/** Resident memory of the page, its workers and its GPU process while it trains, and after twenty other networks. Units: bytes. */
async function memory({ data, on, steps }: Options): Promise<object> {
  await using served = await openServedPage(data);
  const { page } = served;
  await readyFor(page, on);
  await page.getByLabel("Epochs").fill("100");
  await page.getByLabel("Epochs").press("Tab");
  await train(page);
  const samples: { readonly step: number; readonly bytes: number }[] = [];
  for (let step = steps / 10; step <= steps; step += steps / 10) {
    await waitForStep(page, step);
    samples.push({ step, bytes: await served.residentBytes() });
  }
  await page.getByRole("button", { name: "Pause" }).click();
  const changes: number[] = [];
  for (let change = 0; change < 20; change += 1) {
    await page.getByLabel("Architecture").selectOption(change % 2 === 0 ? "nin-s" : "nin-xs");
    await page.getByRole("button", { name: "One step" }).click();
    await waitForStep(page, 1);
    changes.push(await served.residentBytes());
  }
  return { samples, afterModelChanges: changes };
}

/** From an empty page to 80% test accuracy on Fashion-MNIST. */
async function timeToAccuracy({ data }: Options): Promise<object> {
  await using served = await openServedPage(data);
  const { page, url } = served;
  const began = performance.now();
  await page.goto(url);
  const button = page.getByRole("button", { name: "Train", exact: true });
  // Waits until it can be pressed.
  await button.click();
  const accuracy = page.locator(".pg-figure-main .pg-value");
  let reached = 0;
  while (reached < 80) {
    await page.waitForTimeout(250);
    reached = Number.parseFloat((await accuracy.textContent()) ?? "") || 0;
  }
  return { clicks: 1, seconds: (performance.now() - began) / 1000, accuracy: reached / 100 };
}

/** Five hundred steps in the page, and the same settings in Node on the same backend. */
async function sameInNode({ data, on }: Options): Promise<object> {
  const run = await trainedInPage(data, on, 500);
  const { config, checkpoint, metrics } = run;
  if (checkpoint === undefined) throw new Error("the run has no checkpoint");
  const backend = await loadBackend(config.backend);
  const pair = await loadDataset("fashion-mnist", { env: { NIN_DATA_DIR: data } });
  const { channels, height, width } = pair.train;
  await using model = await backend.compile(config.architecture, {
    device: config.device,
    maxBatch: 128,
    imageFormat: { channels, height, width, preprocessing: config.recipe.preprocessing },
  });
  const lines: MetricsLine[] = [];
  await trainModel({
    ...{ model, data: pair, architecture: config.architecture, recipe: config.recipe },
    logEvery: config.logEvery,
    maxSteps: checkpoint.state.step,
    recorder: { appendMetrics: async (some) => void lines.push(...some), saveCheckpoint: async () => {} },
  });
  const lossDifference = Math.max(
    ...lossesOf(metrics).map((loss, index) => relative(loss, at(lossesOf(lines), index))),
  );
  const own = await model.readParameters();
  const weightDifference = Math.max(
    ...[...checkpoint.state.parameters].map(([name, { data: values }]) =>
      distance(values, entry(own, name).data),
    ),
  );
  const isSame = lossDifference <= TOLERANCE;
  if (!isSame) process.exitCode = 1;
  const { backend: id, device } = config;
  return { backend: id, device, steps: checkpoint.state.step, lossDifference, weightDifference, isSame };
}

async function trainedInPage(data: string, on: string, steps: number): Promise<FoundRun> {
  await using served = await openServedPage(data);
  const { page } = served;
  await readyFor(page, on);
  await train(page);
  await waitForStep(page, steps);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("status").filter({ hasText: "Paused" }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("combobox", { name: /^Download/ })
      .first()
      .selectOption("folder"),
  ]);
  const files = unzipSync(await readFile(await file.path()));
  return readRunFolder(new Map(Object.entries(files)), () => {
    const hash = createHash("sha256");
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
  });
}

function lossesOf(lines: readonly MetricsLine[]): readonly number[] {
  return lines.flatMap((line) => (line.kind === "step" ? [line.loss] : []));
}

function relative(one: number, other: number): number {
  return Math.abs(one - other) / Math.abs(other);
}

/** The distance of two tensors as a part of the second's length. */
function distance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [squares, length] = [0, 0];
  for (let index = 0; index < other.length; index += 1) {
    squares += (at(one, index) - at(other, index)) ** 2;
    length += at(other, index) ** 2;
  }
  return length === 0 ? 0 : Math.sqrt(squares / length);
}
