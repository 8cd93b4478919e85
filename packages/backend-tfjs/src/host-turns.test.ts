import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Backend } from "@nin/backend";
import { initialParameters, parseArchitecture } from "@nin/spec";
import { expect, test, vi } from "vitest";
import { createTensorFlowBackend } from "./backend.js";
import { openCpu } from "./devices/cpu.js";
import { Runtime } from "./runtime/runtime.js";

/** On a machine that does other work too; a step takes minutes. */
const HEARD_WITHIN_MS = 10_000;

test("SIGINT is heard in the middle of a long step", { timeout: 60_000 }, async () => {
  const child = fork(fileURLToPath(new URL("./testing/step-until-interrupted.mjs", import.meta.url)));
  try {
    await once(child, "message");
    await delay(300);
    const ended = once(child, "exit");
    const sent = performance.now();
    child.kill("SIGINT");
    const [status] = (await Promise.race([ended, delay(HEARD_WITHIN_MS)])) ?? [];
    expect(status).toBe(130);
    expect(performance.now() - sent).toBeLessThan(HEARD_WITHIN_MS);
  } finally {
    child.kill("SIGKILL");
  }
});

test("models whose layers take turns give what each gives alone, and leave nothing", async () => {
  const backend = createTensorFlowBackend({ list: async () => [device], open: async () => runtime });
  const alone = [await trainSmall(backend, 1), await trainSmall(backend, 2)];
  const before = runtime.tf.memory().numTensors;
  // By the clock every layer has taken long: after each the other model goes on.
  const now = Date.now();
  let calls = 0;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now + 1000 * calls++);
  try {
    expect(await Promise.all([trainSmall(backend, 1), trainSmall(backend, 2)])).toEqual(alone);
  } finally {
    clock.mockRestore();
  }
  expect(calls).toBeGreaterThan(50);
  expect(runtime.tf.memory().numTensors).toBe(before);
});

test("a step that fails between two layers leaves nothing", async () => {
  const failing = new Runtime({
    ...runtime,
    operators: {
      ...runtime.operators,
      weightGradient: () => {
        throw new Error("the device is lost");
      },
    },
  });
  const backend = createTensorFlowBackend({ list: async () => [device], open: async () => failing });
  const before = runtime.tf.memory().numTensors;
  await expect(trainSmall(backend, 1)).rejects.toThrow("the device is lost");
  expect(runtime.tf.memory().numTensors).toBe(before);
});

const device = { id: "cpu", name: "cpu", available: true };
const runtime = await openCpu();

/** The losses and parameters of three steps. */
async function trainSmall(backend: Backend, seed: number): Promise<unknown> {
  const architecture = parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "turns",
    input: { channels: 2, height: 6, width: 5 },
    layers: [
      { kind: "conv2d", outChannels: 5, kernelSize: 3, padding: 1 },
      { kind: "relu" },
      { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
      { kind: "dropout", rate: 0.5 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ],
  });
  const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0 } as const;
  await using model = await backend.compile(architecture, { maxBatch: 4 });
  await model.writeParameters(
    initialParameters(architecture, { weight: "heUniform", bias: "zeros", overrides: {} }, seed),
  );
  const session = await model.train({ optimizer, seed });
  const data = Float32Array.from({ length: 4 * 60 }, (_, i) => Math.sin(seed * i));
  for (let step = 0; step < 3; step += 1) {
    await session.step(
      { input: { shape: [4, 2, 6, 5], data }, labels: Uint8Array.of(0, 1, 2, 1) },
      { learningRate: 0.1 },
    );
  }
  const { losses } = await session.metrics();
  return { losses, parameters: await model.readParameters() };
}
