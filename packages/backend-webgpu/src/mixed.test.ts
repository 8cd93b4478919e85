import type { Backend, CompileOptions } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { builtinRecipe, entry, initialParameters, parseArchitecture, present } from "@nin/spec";
import { distance, lacking, smoothBatch, smoothJson } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { createWebGpuBackend } from "./backend.js";
import { nodeDevices } from "./node-devices.js";

const devices = (await nodeDevices().list()).filter(({ available }) => available);
const device = devices.find(({ id }) => id !== "swiftshader");

const LEARNING_RATE = 0.5;
const architecture = parseArchitecture(smoothJson);
const parameters = initialParameters(architecture, builtinRecipe("d2l").init, 3);

/** Scores, gradients, and what a step of SGD does to the parameters. */
async function resultsOf(
  backend: Backend,
  options: CompileOptions,
): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  await using model = await backend.compile(architecture, { maxBatch: 5, ...options });
  await model.writeParameters(parameters);
  const scores = await model.predict(smoothBatch);
  const { gradients } = await model.gradients(smoothBatch);
  await using session = await model.train({
    optimizer: { kind: "sgd", learningRate: LEARNING_RATE, momentum: 0, weightDecay: 0 },
    seed: 0,
  });
  await session.step(smoothBatch, { learningRate: LEARNING_RATE });
  const stepped = await model.readParameters();
  const updates = [...stepped].map(([name, { data }]): [string, ArrayLike<number>] => {
    const before = entry(parameters, name).data;
    return [`update ${name}`, Array.from(data, (value, index) => value - present(before[index]))];
  });
  return new Map<string, ArrayLike<number>>([
    ["scores", scores.data],
    ...[...gradients].map(([name, { data }]): [string, ArrayLike<number>] => [name, data]),
    ...updates,
  ]);
}

describe.each(["half-tiles-64", "half-tiles-128"])("mixed precision by %s", (matmul) => {
  it("rounds factors to f16, and nothing worse", async ({ skip }) => {
    if (device === undefined) return lacking("webgpu:lavapipe", "there is no adapter but SwiftShader", skip);
    const backend = createWebGpuBackend(nodeDevices(), { kernels: { matmul } });
    const mixed = await resultsOf(backend, { device: device.id, precision: "mixed" });
    for (const [name, expected] of await resultsOf(createReferenceBackend(), {})) {
      const rounded = distance(mixed.get(name), expected);
      // A rounding to f16 is up to 2^-11 of a value, some meet and partly cancel; bfloat16's is eight times as much.
      expect(rounded, name).toBeLessThan(2 ** -9);
      if (name === "scores" || name.endsWith("weight")) expect(rounded, name).toBeGreaterThan(2 ** -16);
    }
  });
});

it("is refused where an adapter has no f16", async ({ skip }) => {
  if (device !== undefined) return skip("a process has one adapter, and this one has f16");
  const [only] = devices;
  if (only === undefined) return lacking("webgpu", "there is no adapter", skip);
  const compiled = createWebGpuBackend(nodeDevices()).compile(architecture, {
    device: only.id,
    precision: "mixed",
  });
  await expect(compiled).rejects.toThrow(/mixed .* lacks shader-f16/);
});
