/**
 * What does the webgpu backend keep, and how long does its host work? Buffers and process memory over
 * many steps and many models, the host's time of a step, and how long compiling takes. See
 * scripts/measure/README.md.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createWebGpuBackend } from "../../packages/backend-webgpu/dist/backend.js";
import { nodeDevices } from "../../packages/backend-webgpu/dist/node.js";
import { writeFileAtomic } from "../../packages/files/dist/index.js";
import { environment } from "./environment.mjs";
import { CountedDevices } from "./webgpu-lifetime/counted-device.mjs";
import { architectureOf, openTraining, SMALL, spreadOf } from "./webgpu-lifetime/runs.mjs";

const { values: options } = parseArgs({
  options: {
    device: { type: "string", default: "lavapipe" },
    steps: { type: "string", default: "1000" },
    rounds: { type: "string", default: "50" },
    only: { type: "string", default: "steps,rounds,host,compile" },
    first: { type: "string" },
    out: { type: "string" },
  },
});
const { device } = options;

if (options.first !== undefined) {
  console.log(JSON.stringify(await firstTimes(options.first)));
  process.exit(0);
}

const parts = { steps: overSteps, rounds: overRounds, host: hostTimes, compile: compileTimes };
const result = {};
for (const name of options.only.split(",")) {
  result[name] = await parts[name]();
  console.log(name, JSON.stringify(result[name], undefined, 1));
}
if (options.out !== undefined) {
  const file = { format: "nin-webgpu-lifetime", version: 1, environment: await environment(), device };
  await writeFileAtomic(options.out, `${JSON.stringify({ ...file, ...result }, undefined, 2)}\n`);
}
const grown = [result.steps, result.rounds].filter((part) => part !== undefined && part.buffersGrown !== 0);
process.exit(grown.length === 0 ? 0 : 1);

/** Many steps of one model. */
async function overSteps() {
  const devices = new CountedDevices(nodeDevices());
  const training = await openTraining(createWebGpuBackend(devices), device, {
    architecture: SMALL,
    batch: 32,
  });
  const samples = [];
  const steps = Number(options.steps);
  for (let step = 0; step < steps; step += 1) {
    await training.step(step);
    if ((step + 1) % 100 !== 0) continue;
    await training.session.metrics();
    samples.push({ step: step + 1, ...devices.alive, rssBytes: rssBytes() });
  }
  await training.session.dispose();
  await training.model.dispose();
  return {
    steps,
    buffersGrown: (samples.at(-1)?.buffers ?? 0) - (samples[0]?.buffers ?? 0),
    rssGrownBytes: (samples.at(-1)?.rssBytes ?? 0) - (samples[0]?.rssBytes ?? 0),
    buffersCreated: devices.created,
    aliveAfterDispose: devices.labels,
    samples,
  };
}

/** Many models, one after another; every other one is disposed of with its session open and metrics unread. */
async function overRounds() {
  const devices = new CountedDevices(nodeDevices());
  const backend = createWebGpuBackend(devices);
  const samples = [];
  const rounds = Number(options.rounds);
  for (let round = 0; round < rounds; round += 1) {
    const training = await openTraining(backend, device, {
      architecture: architectureOf("nin-mnist"),
      batch: 8,
    });
    await training.step(0);
    await training.step(1);
    if (round % 2 === 0) {
      await training.session.metrics();
      await training.session.dispose();
    }
    await training.model.dispose();
    samples.push({ round: round + 1, ...devices.alive, rssBytes: rssBytes() });
  }
  const tenth = samples[9];
  return {
    rounds,
    buffersGrown: samples.at(-1)?.buffers ?? 0,
    rssGrownBytes: (samples.at(-1)?.rssBytes ?? 0) - (tenth?.rssBytes ?? 0),
    buffersCreated: devices.created,
    aliveAfterDispose: devices.labels,
    samples: samples.filter(({ round }) => round <= 2 || round % 10 === 0),
  };
}

/**
 * The time from calling `step` until its work is submitted, the device idle before; first with steps of
 * one image, which also warm the code up, then with whole batches.
 */
async function hostTimes() {
  const cases = [
    { name: "nin-mnist", batch: 32, count: 5, warmUp: 40 },
    { name: "nin", batch: 16, count: 2, warmUp: 5 },
  ];
  const results = [];
  for (const { name, batch, count, warmUp } of cases) {
    const backend = createWebGpuBackend(nodeDevices());
    const training = await openTraining(backend, device, { architecture: architectureOf(name), batch });
    const timed = async (steps, images) => {
      const times = [];
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

/** Processes of their own, the first with the driver's shader cache empty. */
function compileTimes() {
  return ["nin-mnist", "nin"].map((model) => {
    const cache = mkdtempSync(join(tmpdir(), "nin-shaders-"));
    try {
      const [cold, warm] = [1, 2].map(() => {
        const args = [fileURLToPath(import.meta.url), "--first", model, "--device", device];
        const env = { ...process.env, MESA_SHADER_CACHE_DIR: cache };
        const child = spawnSync(process.execPath, args, { env, encoding: "utf8" });
        if (child.status !== 0) throw new Error(child.stderr);
        return JSON.parse(child.stdout);
      });
      return { model, cold, warm };
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
}

/** What a model's first uses take in this process, and those of the next model. */
async function firstTimes(name) {
  const backend = createWebGpuBackend(nodeDevices());
  const architecture = architectureOf(name);
  const once = async () => {
    const start = performance.now();
    const training = await openTraining(backend, device, { architecture, batch: 1 });
    const compiled = performance.now();
    await training.step(0);
    await training.session.metrics();
    const stepped = performance.now();
    await training.model.dispose();
    return { compileMs: Math.round(compiled - start), firstStepMs: Math.round(stepped - compiled) };
  };
  return { first: await once(), second: await once() };
}

function rssBytes() {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
