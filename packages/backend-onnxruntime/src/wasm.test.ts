import { spawnSync } from "node:child_process";
import type { Model, TrainingSession } from "@nin/backend";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { describe, expect, it, test } from "vitest";
import { trainProgram } from "./programs/train.js";
import { DEVICE_TRAITS } from "./runtime/device-traits.js";
import { expectTensors, relativeL2, SMALL_CASE_TOLERANCE } from "./testing/expect-tensor.js";
import { ADAMW } from "./testing/optimizers.js";
import { randomBatch } from "./testing/random-case.js";
import { pageArchitecture, pageParameters, trainSmallModel } from "./testing/train-small-model.js";

const backend = createNodeOnnxRuntimeBackend();
const compile = (device: string): Promise<Model> =>
  backend.compile(pageArchitecture, { device, threads: 1, maxBatch: 8 });
const open = (model: Model): Promise<TrainingSession> => model.train({ optimizer: ADAMW, seed: 3 });

async function train(session: TrainingSession, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) {
    await session.step(randomBatch(pageArchitecture, 8, step), { learningRate: 0.01 });
  }
}

describe("wasm in Node", () => {
  it("gives the losses of cpu, and the same bits on one thread and on two", async () => {
    const [cpu, one, two] = await Promise.all([
      trainSmallModel(backend, { device: "cpu", threads: 1 }),
      trainSmallModel(backend, { device: "wasm", threads: 1 }),
      trainSmallModel(backend, { device: "wasm", threads: 2 }),
    ]);
    for (const [step, loss] of cpu.losses.entries()) {
      expect(Math.abs((one.losses[step] ?? Number.NaN) - loss) / loss).toBeLessThan(SMALL_CASE_TOLERANCE);
    }
    expect(relativeL2(Float32Array.from(one.scores), Float32Array.from(cpu.scores))).toBeLessThan(SMALL_CASE_TOLERANCE);
    expect({ ...two, realization: undefined }).toEqual({ ...one, realization: undefined });
    expect([one.realization.threads, two.realization.threads]).toEqual(["1", "2"]);
  });

  it.each([
    ["wasm", "cpu"],
    ["cpu", "wasm"],
  ])("a training that begins on %s goes on on %s", async (first, second) => {
    await using whole = await compile("cpu");
    await whole.writeParameters(pageParameters());
    await using uninterrupted = await open(whole);
    await train(uninterrupted, 0, 6);

    await using from = await compile(first);
    await from.writeParameters(pageParameters());
    const before = await open(from);
    await train(before, 0, 3);
    const state = await before.readState();
    await before.dispose();

    await using to = await compile(second);
    const after = await to.train({ optimizer: ADAMW, seed: 3, firstStep: 3 });
    await after.writeState(state);
    await train(after, 3, 6);
    const expected = await uninterrupted.readState();
    const actual = await after.readState();
    expectTensors(actual.parameters, expected.parameters, "parameters", 1e-4);
    expectTensors(actual.optimizer, expected.optimizer, "optimizer", 1e-3);
    await after.dispose();
  });

  it("names its own runtime", async () => {
    expect(await backend.versions("wasm")).toEqual({ "onnxruntime-web": "1.30.0" });
    expect(await backend.versions()).toEqual({ "onnxruntime-node": "1.30.0" });
  });
});

/** Ends the process while the model's thread computes, with threads of its own. */
const PROGRAM = `
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { builtinArchitecture } from "@nin/spec";
const model = await createNodeOnnxRuntimeBackend().compile(builtinArchitecture("nin-mnist"), { device: "wasm", threads: 2 });
const input = { shape: [128, 1, 28, 28], data: new Float32Array(128 * 28 * 28) };
const labels = new Uint8Array(128);
for (let call = 0; call < 5; call += 1) model.gradients({ input, labels }).catch(console.error);
setTimeout(() => process.exit(7), 400);
`;

test("a process can end while WebAssembly computes, and ends by itself when a model is left undisposed", () => {
  const run = (program: string) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    });
  const { status, signal, stderr } = run(PROGRAM);
  expect({ status, signal, stderr }).toEqual({ status: 7, signal: null, stderr: "" });
  const left = run(PROGRAM.slice(0, PROGRAM.indexOf("const input")));
  expect({ status: left.status, stderr: left.stderr }).toEqual({ status: 0, stderr: "" });
});

test("its programs have no operators that are slow in place", () => {
  const operators = (device: "cpu" | "wasm") =>
    trainProgram(pageArchitecture, {
      dialect: DEVICE_TRAITS[device].dialect,
      source: "input",
      microBatchSize: 8,
      single: true,
      optimizer: ADAMW,
      dropoutMasks: new Map([[2, [3, 3, 8, 8]]]),
    }).graph.operators();
  const slow = ["Relu", "HardSigmoid"];
  expect(slow.filter((operator) => operators("cpu").has(operator))).toEqual(slow);
  expect(slow.filter((operator) => operators("wasm").has(operator))).toEqual([]);
});
