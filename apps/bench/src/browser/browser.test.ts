import { readdir, readFile } from "node:fs/promises";
import { at, builtinRecipe, parseArchitecture } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { StartupTimes } from "../cases/case-context.js";
import { runCase } from "../cases/run-case.js";
import { ImplementationProcess } from "../protocol/implementation-process.js";
import type { CaseResult } from "../result/format.js";
import { Workload } from "../workload/workload.js";
import { type BrowserTargets, browserTargets } from "./browser-targets.js";

const IDS = ["webgpu@browser", "onnxruntime:wasm@browser", "tfjs-cpu@browser", "jax-js-wasm@browser"];
const TIMEOUT_MS = 60_000;

/** Every kind of layer that the baselines have to get right: windows that stick out, of values below zero too. */
const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "tiny",
  input: { channels: 1, height: 8, width: 8 },
  layers: [
    { kind: "conv2d", outChannels: 4, kernelSize: 3, padding: 1 },
    { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
    { kind: "dropout", rate: 0.5 },
    { kind: "ninBlock", outChannels: 3, kernelSize: 2 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
});

let targets: BrowserTargets | Error = new Error("not started");
beforeAll(async () => {
  targets = await browserTargets({ implementations: IDS }).catch((error: Error) => error);
}, 2 * TIMEOUT_MS);

function targetsOf({ skip }: Pick<TestContext, "skip">): BrowserTargets {
  if (!(targets instanceof Error)) return targets;
  lacking("chromium", targets.message, (reason) => skip(reason));
  throw targets;
}

async function measure(targets: BrowserTargets, recipe: string): Promise<CaseResult> {
  const signal = new AbortController().signal;
  const pace = { sliceMs: 300, minRounds: 2, maxRounds: 2, tightWidth: 0 };
  const plan = { model: "tiny", architecture, batch: 8, precision: "f32", mode: "train", weight: 1 } as const;
  const rules = { recipe: builtinRecipe(recipe), data: "synthetic", threads: 1, pace };
  const reports = { signal, report: () => {}, startupTimes: new StartupTimes() };
  return runCase(plan, { targets, ...rules, ...reports }, TIMEOUT_MS);
}

/** Processes that were started by another one, directly or not; Linux says so in files. */
async function descendantsOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const texts = threads.map((thread) =>
    readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => ""),
  );
  const children = (await Promise.all(texts)).flatMap((text) => text.split(" ").filter(Boolean).map(Number));
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

describe("implementations in a headless browser", { timeout: 3 * TIMEOUT_MS }, () => {
  it("are checked, measured, and named with their browser", async (context) => {
    const { browser, ...found } = targetsOf(context);
    expect(browser.name).toMatch(/^\w+ \d+\./);
    expect(browser).toMatchObject({ crossOriginIsolated: true, threads: expect.any(Number) });
    expect(browser.adapter).not.toMatch(/^none/);
    const { entries } = await measure({ ...found, browser }, "d2l");
    expect(entries.map(({ implementation, status, reason }) => [implementation, status, reason])).toEqual(
      IDS.map((id) => [id, "measured", undefined]),
    );
    for (const { correctness, versions, measured, losses } of entries) {
      expect(correctness).toMatchObject({ against: "the float64 reference" });
      expect(versions.browser).toBe(browser.name);
      expect(measured?.imagesPerSecond.samples).toHaveLength(2);
      expect(measured?.peakRssBytes).toBeGreaterThan(process.platform === "linux" ? 50e6 : -1);
      expect(losses.length).toBeGreaterThan(4);
    }
  });

  it("say what they do not do", async (context) => {
    const found = targetsOf(context);
    const baselines = found.implementations.filter(({ kind }) => kind === "baseline");
    const { entries } = await measure({ ...found, implementations: baselines }, "robust");
    expect(entries.map(({ status, reason }) => [status, reason])).toEqual([
      ["unsupported", "the TensorFlow.js baseline has plain SGD only"],
      ["unsupported", "the jax-js baseline has plain SGD only"],
    ]);
  });

  it("fail in one line when the browser dies, and leave nothing behind", async (context) => {
    const { command } = at(targetsOf(context).implementations, 0);
    if (process.platform !== "linux") return context.skip("processes are looked for as Linux lists them");
    const workload = await Workload.write(architecture, builtinRecipe("d2l"), 8);
    const job = await workload.job({ mode: "train", batch: 8, threads: 1, precision: "f32" });
    const child = new ImplementationProcess(command, job);
    await child.ask({ do: "open" }, TIMEOUT_MS);
    expect((await child.ask({ do: "run", steps: 2 }, TIMEOUT_MS)).losses).toHaveLength(2);
    const pids = await descendantsOf(child.pid ?? Number.NaN);
    expect(pids.length).toBeGreaterThan(1);
    const asked = child.ask({ do: "run", steps: 100_000 }, TIMEOUT_MS);
    process.kill(at(pids, 0), "SIGKILL");
    await expect(asked).rejects.toThrow(/^the browser ended while it was working$/);
    await child.end();

    // One that is killed takes its browser with it, whose files are among the job's.
    const killed = new ImplementationProcess(command, job);
    await killed.ask({ do: "open" }, TIMEOUT_MS);
    const own = await descendantsOf(killed.pid ?? Number.NaN);
    expect((await readdir(workload.folder)).some((name) => name.startsWith("playwright"))).toBe(true);
    killed.kill();
    await killed.end();
    const isAlive = (pid: number): Promise<boolean> =>
      readFile(`/proc/${pid}/stat`, "utf8").then(
        (text) => !/\) Z /.test(text),
        () => false,
      );
    await expect
      .poll(async () => (await Promise.all(own.map(isAlive))).some(Boolean), { timeout: TIMEOUT_MS })
      .toBe(false);
    await workload.remove();
  });

  it("are refused by name where there are none such", async () => {
    await expect(browserTargets({ implementations: ["caffe@browser"] })).rejects.toThrow(
      /^browser: expected some of webgpu@browser, .*, got caffe@browser$/,
    );
    await expect(browserTargets({ path: process.execPath })).rejects.toThrow(
      /^the browser .* does not start: /,
    );
  });
});
