import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "@nin/backend";
import type { DeviceSource } from "@nin/backend-webgpu";
import { at, present } from "@nin/spec";
import { Command, InvalidArgumentError } from "commander";
import { outOption, positiveInteger } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { architectureOf, collectGarbage, openTraining, SMALL } from "../support/sample-training.js";
import { CountedDevices } from "./counted-devices.js";

interface Options {
  readonly device: string;
  readonly steps: number;
  readonly rounds: number;
  readonly only: readonly PartName[];
  readonly out?: string;
}

/** The backend's devices, and a backend on some. */
interface WebGpu {
  devices(): DeviceSource;
  backendOn(devices: DeviceSource): Backend;
}

/** The compile and first-step times of a model. */
interface FirstTimes {
  readonly compileMs: number;
  readonly firstStepMs: number;
}

type PartName = keyof typeof PARTS;

const PARTS = { steps: overSteps, rounds: overRounds, host: hostTimes, compile: compileTimes };
/** What a process is told by the one that measures: the model whose first uses it times. */
const FIRST = "NIN_WEBGPU_LIFETIME_MODEL";

export function webGpuLifetimeCommand(): Command {
  const all = Object.keys(PARTS) as PartName[];
  return new Command("webgpu-lifetime")
    .description(
      "which buffers the WebGPU backend keeps, how long its host works, and how long compiling takes",
    )
    .option("--device <id>", "adapter: gpu, lavapipe or swiftshader", "lavapipe")
    .option("--steps <n>", "number of steps of one model", positiveInteger, 1000)
    .option("--rounds <n>", "number of models, one after another", positiveInteger, 50)
    .option("--only <parts>", `parts to measure, with commas: ${all}`, partsOf, all)
    .addOption(outOption())
    .action(async (options: Options) => {
      const webGpu = await loadWebGpu();
      const first = process.env[FIRST];
      if (first !== undefined) {
        process.stdout.write(`${JSON.stringify(await firstTimes(first, options, webGpu))}\n`);
        return;
      }
      const result: Partial<Record<PartName, unknown>> = {};
      for (const name of options.only) {
        result[name] = await PARTS[name](options, webGpu);
        console.log(name, JSON.stringify(result[name], undefined, 1));
      }
      if (options.out !== undefined) {
        const file = { format: "nin-webgpu-lifetime", version: 1, environment: await environment() };
        await writeResult(options.out, { ...file, device: options.device, ...result });
      }
      const counted = [result.steps, result.rounds] as ({ readonly buffersGrown: number } | undefined)[];
      if (counted.some((part) => part !== undefined && part.buffersGrown !== 0)) process.exitCode = 1;
    });
}

function partsOf(list: string): readonly PartName[] {
  return list.split(",").map((name) => {
    if (name in PARTS) return name as PartName;
    throw new InvalidArgumentError(`expected some of ${Object.keys(PARTS).join(", ")}, got ${name}`);
  });
}

async function loadWebGpu(): Promise<WebGpu> {
  const { createWebGpuBackend } = await import("@nin/backend-webgpu");
  const { nodeDevices } = await import("@nin/backend-webgpu/node");
  return { devices: nodeDevices, backendOn: (devices) => createWebGpuBackend(devices) };
}

/** Many steps of one model. */
async function overSteps({ device, steps }: Options, webGpu: WebGpu) {
  const devices = new CountedDevices(webGpu.devices());
  const training = await openTraining(webGpu.backendOn(devices), device, { architecture: SMALL, batch: 32 });
  const samples = [];
  for (let step = 0; step < steps; step += 1) {
    await training.step(step);
    if ((step + 1) % 100 !== 0) continue;
    await training.session.metrics();
    samples.push({ step: step + 1, ...devices.alive, rssBytes: rssBytes() });
  }
  await training.session.dispose();
  await training.model.dispose();
  const [first, last] = [at(samples, 0), at(samples, -1)];
  return {
    steps,
    buffersGrown: last.buffers - first.buffers,
    rssGrownBytes: last.rssBytes - first.rssBytes,
    buffersCreated: devices.created,
    aliveAfterDispose: devices.labels,
    samples,
  };
}

/** Many models, one after another; every other one is disposed of with its session open and its losses unread. */
async function overRounds({ device, rounds }: Options, webGpu: WebGpu) {
  const devices = new CountedDevices(webGpu.devices());
  const backend = webGpu.backendOn(devices);
  const samples = [];
  for (let round = 0; round < rounds; round += 1) {
    const architecture = architectureOf("nin-mnist");
    const training = await openTraining(backend, device, { architecture, batch: 8 });
    await training.step(0);
    await training.step(1);
    if (round % 2 === 0) {
      await training.session.metrics();
      await training.session.dispose();
    }
    await training.model.dispose();
    samples.push({ round: round + 1, ...devices.alive, rssBytes: rssBytes() });
  }
  const [tenth, last] = [at(samples, Math.min(9, rounds - 1)), at(samples, -1)];
  return {
    rounds,
    buffersGrown: last.buffers,
    rssGrownBytes: last.rssBytes - tenth.rssBytes,
    buffersCreated: devices.created,
    aliveAfterDispose: devices.labels,
    samples: samples.filter(({ round }) => round <= 2 || round % 10 === 0),
  };
}

/**
 * The time from calling `step` until its work is submitted, the device idle before; first with steps of one image,
 * which also warm the code up, then with whole batches.
 */
async function hostTimes({ device }: Options, webGpu: WebGpu) {
  const cases = [
    { name: "nin-mnist", batch: 32, count: 5, warmUp: 40 },
    { name: "nin", batch: 16, count: 2, warmUp: 5 },
  ];
  const results = [];
  for (const { name, batch, count, warmUp } of cases) {
    const backend = webGpu.backendOn(webGpu.devices());
    const training = await openTraining(backend, device, { architecture: architectureOf(name), batch });
    const timed = async (steps: number, images: number): Promise<readonly number[]> => {
      const times: number[] = [];
      for (let step = 0; step < steps; step += 1) {
        await training.session.metrics();
        const start = performance.now();
        await training.step(step, images);
        times.push(performance.now() - start);
      }
      return times;
    };
    await timed(warmUp, 1);
    results.push({
      model: name,
      batch,
      oneImageMs: spreadOf(await timed(10, 1)),
      wholeBatchMs: spreadOf(await timed(count, batch)),
    });
    await training.model.dispose();
  }
  return results;
}

/** In processes of their own: one whose driver has an empty shader cache, and one that finds it filled. */
function compileTimes() {
  return ["nin-mnist", "nin"].map((model) => {
    const cache = mkdtempSync(join(tmpdir(), "nin-shaders-"));
    try {
      const [cold, warm] = [firstTimesInProcess(model, cache), firstTimesInProcess(model, cache)];
      return { model, cold, warm };
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
}

function firstTimesInProcess(model: string, cache: string): unknown {
  const env = { ...process.env, MESA_SHADER_CACHE_DIR: cache, [FIRST]: model };
  const { status, stdout, stderr } = spawnSync(process.execPath, process.argv.slice(1), {
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(present(stdout.trimEnd().split("\n").at(-1)));
}

/** What a model's first uses take in this process, and those of the next model. */
async function firstTimes(name: string, { device }: Options, webGpu: WebGpu) {
  const backend = webGpu.backendOn(webGpu.devices());
  const once = async (): Promise<FirstTimes> => {
    const start = performance.now();
    const training = await openTraining(backend, device, { architecture: architectureOf(name), batch: 1 });
    const compiled = performance.now();
    await training.step(0);
    await training.session.metrics();
    const stepped = performance.now();
    await training.model.dispose();
    return { compileMs: Math.round(compiled - start), firstStepMs: Math.round(stepped - compiled) };
  };
  return { first: await once(), second: await once() };
}

function spreadOf(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (part: number): number =>
    Number(at(sorted, Math.floor(part * (sorted.length - 1))).toFixed(3));
  return { median: quantile(0.5), least: quantile(0), most: quantile(1) };
}

function rssBytes(): number {
  collectGarbage();
  return process.memoryUsage().rss;
}
