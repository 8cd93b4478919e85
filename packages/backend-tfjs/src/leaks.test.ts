import { initialParameters, parseArchitecture } from "@nin/spec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTensorFlowBackend } from "./backend.js";
import { openCpu } from "./devices/cpu.js";
import { Runtime } from "./runtime/runtime.js";

const STEPS = 1000;
const RATE = { learningRate: 0.01 };

const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "leaks",
  input: { channels: 1, height: 6, width: 6 },
  layers: [
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1, mlpChannels: [2] },
    { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
    { kind: "dropout", rate: 0.5 },
    { kind: "avgPool2d", kernelSize: 2, stride: 2, padding: 1 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
});

let runtime: Runtime;
beforeAll(async () => {
  const cpu = await openCpu();
  // Parts of one image: a batch has several.
  runtime = new Runtime({ ...cpu, tf: cpu.tf, microBatchBytes: 1 });
});
afterAll(() => {
  expect(runtime.tf.memory().numTensors).toBe(0);
});

describe("the number of tensors", () => {
  it.each([
    { kind: "sgd", learningRate: 0.01, momentum: 0.9, weightDecay: 0.01 },
    { kind: "adamw", learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  ] as const)(
    "is the same after 1,000 steps of $kind, and none are left after dispose",
    async (optimizer) => {
      const device = { id: "cpu", name: "cpu", available: true };
      const backend = createTensorFlowBackend({ list: async () => [device], open: async () => runtime });
      const images = { channels: 1, height: 6, width: 6, preprocessing: { mean: 0.5, std: 0.5 } };
      const model = await backend.compile(architecture, { maxBatch: 4, images });
      const init = { weight: "heUniform", bias: "zeros", overrides: {} } as const;
      await model.writeParameters(initialParameters(architecture, init, 0));
      const dataset = {
        images: Uint8Array.from({ length: 144 }, (_, i) => (i * 37) % 256),
        labels: Uint8Array.of(0, 1, 2, 0),
      };
      const session = await model.train({ optimizer, seed: 0, dataset });
      const batch = { images: dataset.images, labels: dataset.labels };
      const cycle = async (): Promise<number> => {
        await session.step({ indices: Uint32Array.of(3, 1, 2) }, RATE);
        await session.evaluate(batch);
        await session.metrics();
        return runtime.tf.memory().numTensors;
      };
      const before = await cycle();
      for (let step = 1; step < STEPS; step += 1) await cycle();
      await model.gradients(batch);
      await model.activations(batch);
      await session.readState();
      expect(await cycle()).toBe(before);
      await session.step({ indices: Uint32Array.of(0) }, RATE);
      await model.dispose();
      expect(runtime.tf.memory().numTensors).toBe(0);
    },
  );

  it("does not grow by a refused call", async () => {
    const device = { id: "cpu", name: "cpu", available: true };
    const backend = createTensorFlowBackend({ list: async () => [device], open: async () => runtime });
    const model = await backend.compile(architecture, { maxBatch: 4 });
    const before = runtime.tf.memory().numTensors;
    await expect(model.predict({ images: new Uint8Array(36) })).rejects.toThrow("compiled without `images`");
    expect(runtime.tf.memory().numTensors).toBe(before);
    await model.dispose();
  });
});
