import type { Model } from "@nin/backend";
import { initialParameters, type Optimizer, parseArchitecture } from "@nin/spec";
import { beforeAll, describe, expect, it } from "vitest";
import { createTensorFlowBackend } from "./backend.js";
import { openCpu } from "./devices/cpu.js";
import { Runtime } from "./runtime/runtime.js";

const RATE = { learningRate: 0.01 };
const SGD = { kind: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0.01 } as const;
const ADAMW = { ...SGD, kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

const dataset = {
  images: Uint8Array.from({ length: 4 * 36 }, (_, i) => (i * 37) % 256),
  labels: Uint8Array.of(0, 1, 2, 0),
};

/** Parts of one image: a batch has several. */
let runtime: Runtime;
beforeAll(async () => {
  runtime = new Runtime({ ...(await openCpu()), microBatchBytes: 1 });
});

describe("the number of tensors", () => {
  it("is the same after 1,000 steps", { timeout: 300_000 }, async () => {
    const model = await compiled();
    const session = await model.train({ optimizer: SGD, seed: 0, dataset });
    const counts = new Set<number>();
    for (let step = 0; step < 1000; step += 1) {
      await session.step({ indices: Uint32Array.of(step % 4) }, RATE);
      await session.metrics();
      counts.add(tensors());
    }
    expect(counts.size).toBe(1);
    await model.dispose();
    expect(tensors()).toBe(0);
  });

  it.each([SGD, ADAMW])("is the same after any call, and 0 after dispose, with $kind", async (optimizer) => {
    const model = await compiled();
    const first = await everyCall(model, optimizer);
    for (let round = 0; round < 3; round += 1) expect(await everyCall(model, optimizer)).toBe(first);
    const session = await model.train({ optimizer, seed: 0, dataset });
    await session.step({ indices: Uint32Array.of(0, 1) }, RATE);
    await session.evaluate(dataset);
    await model.dispose();
    expect(tensors()).toBe(0);
  });
});

function tensors(): number {
  return runtime.tf.memory().numTensors;
}

async function everyCall(model: Model, optimizer: Optimizer): Promise<number> {
  await model.predict(dataset);
  await model.activations(dataset);
  await model.gradients(dataset);
  await expect(model.predict({ images: new Uint8Array(7) })).rejects.toThrow("a multiple of 36 bytes");
  const session = await model.train({ optimizer, seed: 0, dataset });
  await session.step({ indices: Uint32Array.of(3, 1, 2) }, RATE);
  await session.evaluate(dataset);
  await session.metrics();
  await session.writeState(await session.readState());
  await session.step(dataset, RATE);
  await session.dispose();
  return tensors();
}

async function compiled(): Promise<Model> {
  const architecture = parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "leaks",
    input: { channels: 1, height: 6, width: 6 },
    layers: [
      { kind: "conv2d", outChannels: 3, kernelSize: 3, padding: 1 },
      { kind: "relu" },
      { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
      { kind: "dropout", rate: 0.5 },
      { kind: "avgPool2d", kernelSize: 2, stride: 2, padding: 1 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ],
  });
  const device = { id: "cpu", name: "cpu", available: true };
  const backend = createTensorFlowBackend({ list: async () => [device], open: async () => runtime });
  const images = { channels: 1, height: 6, width: 6, preprocessing: { mean: 0.5, std: 0.5 } };
  const model = await backend.compile(architecture, { maxBatch: 4, imageFormat: images });
  const init = { weight: "heUniform", bias: "zeros", overrides: {} } as const;
  await model.writeParameters(initialParameters(architecture, init, 0));
  return model;
}
