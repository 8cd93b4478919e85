/**
 * Our side of throughput.mjs: the counterpart of scripts/pytorch/throughput.py, in the same words.
 * Steps are enqueued as a training loop does, and waited for within the time taken.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { floatTensor, integerTensor } from "../../../packages/safetensors/dist/index.js";
import { readSafetensors } from "../../../packages/safetensors/dist/node.js";
import { parseArchitecture, parseRecipe } from "../../../packages/spec/dist/index.js";
import { loadBackend } from "../backends.mjs";

const CHECKED_STEPS = 2;

const { values: options } = parseArgs({
  options: {
    architecture: { type: "string" },
    recipe: { type: "string" },
    tensors: { type: "string" },
    mode: { type: "string" },
    threads: { type: "string" },
    device: { type: "string", default: "cpu" },
  },
});
const architecture = parseArchitecture(readJson(options.architecture));
const recipe = parseRecipe(readJson(options.recipe));
const { parameters, batch } = await readTensors(options.tensors);
const backend = await loadBackend("onnxruntime");
const model = await backend.compile(architecture, {
  device: options.device,
  maxBatch: batch.labels.length,
  threads: Number(options.threads),
});
await model.writeParameters(parameters);
if (options.mode === "check") say(await check());
else await serve(options.mode === "train" ? await trainer() : predictor());
await model.dispose();

async function check() {
  const logits = [...(await model.predict({ input: batch.input })).data];
  const session = await openSession();
  for (let step = 0; step < CHECKED_STEPS; step += 1) await session.step(batch, recipe.optimizer);
  const { losses } = await session.metrics();
  await session.dispose();
  return { logits, losses };
}

async function serve(run) {
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin }))
    say(await timed(run, JSON.parse(line).steps));
}

async function timed(run, steps) {
  const used = process.cpuUsage();
  const begin = performance.now();
  const finite = await run(steps);
  const elapsedMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(used);
  return { elapsedMs, cpuMs: (user + system) / 1000, peakRssBytes: peakRssBytes(), finite };
}

async function trainer() {
  const session = await openSession();
  return async (steps) => {
    for (let step = 0; step < steps; step += 1) await session.step(batch, recipe.optimizer);
    const { losses } = await session.metrics();
    return losses.every(Number.isFinite);
  };
}

function predictor() {
  return async (steps) => {
    let scores;
    for (let step = 0; step < steps; step += 1) scores = await model.predict({ input: batch.input });
    return scores.data.every(Number.isFinite);
  };
}

function openSession() {
  return model.train({ optimizer: recipe.optimizer, seed: recipe.seed });
}

async function readTensors(path) {
  const { tensors } = await readSafetensors(path);
  const floats = [...tensors].filter(([name]) => name !== "labels");
  const parsed = new Map(floats.map(([name, stored]) => [name, floatTensor(stored, name, path)]));
  const input = parsed.get("input");
  parsed.delete("input");
  const { data: labels } = integerTensor(tensors.get("labels"), "labels", path);
  return { parameters: parsed, batch: { input, labels } };
}

/** Linux's high-water mark of this process's resident memory; elsewhere what getrusage says. */
function peakRssBytes() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kibibytes) * 1024;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
