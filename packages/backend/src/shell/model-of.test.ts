import { InternalError, inferLayers, parseArchitecture } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { BatchError, DisposedError, ParameterError, RuntimeError, SessionError } from "../contract/errors.js";
import type { Engine, EngineSession, RealizedPrimitive } from "./engine.js";
import { type ModelPolicy, modelOf } from "./model-of.js";

const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "shell",
  input: { channels: 1, height: 2, width: 2 },
  layers: [
    { kind: "ninBlock", outChannels: 3, kernelSize: 1, mlpChannels: [] },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});
const optimizer = { kind: "sgd", learningRate: 1, momentum: 0, weightDecay: 0 } as const;
const input = (count = 1) => ({ shape: [count, 1, 2, 2], data: new Float32Array(4 * count) });
const labelled = (label = 0) => ({ input: input(), labels: Uint8Array.of(label) });
const RATE = { learningRate: 1 };

const primitives: readonly RealizedPrimitive[] = inferLayers(architecture).map((layer) => ({
  name: layer.name,
  outputShape: [1, ...layer.outputShape],
  parameters: new Map(layer.parameters.map(({ name, shape }) => [name, shape])),
}));

/** An engine that does nothing but say what it was asked for. */
function recorder(session: Partial<EngineSession> = {}, engine: Partial<Engine> = {}) {
  const calls: string[] = [];
  const call = (name: string) => void calls.push(name);
  const recording: Engine = {
    realize: () => primitives,
    readParameters: () => new Map(),
    writeParameters: () => call("writeParameters"),
    predict: ({ count }) => {
      call("predict");
      return { shape: [count, 3, 1, 1], data: Float32Array.from({ length: count * 3 }, (_, i) => i % 3) };
    },
    activations: () => new Map(),
    gradients: () => ({ loss: 0, gradients: new Map() }),
    openSession: () => ({
      step: (_batch, { step }) => call(`step ${step}`),
      metrics: () => ({ losses: [] }),
      readState: () => ({ parameters: new Map(), optimizer: new Map() }),
      writeState: () => call("writeState"),
      dispose: () => call("session ends"),
      ...session,
    }),
    dispose: () => call("disposed"),
    ...engine,
  };
  const policy: ModelPolicy = { backend: "toy", architecture, options: { maxBatch: 2 } };
  return { calls, model: (more: Partial<ModelPolicy> = {}) => modelOf(recording, { ...policy, ...more }) };
}

describe("realizing", () => {
  test("groups the layers of a block, with the engine's shapes", async () => {
    const { layers } = await recorder().model();
    expect(layers.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "net.0 ninBlock",
      "net.1 globalAvgPool2d",
      "net.2 flatten",
    ]);
    expect(layers[0]?.inner?.map(({ name }) => name)).toEqual(["net.0.0", "net.0.1"]);
    expect(layers[0]?.outputShape).toEqual([1, 3, 2, 2]);
  });

  test("refuses an engine that realized other layers, and disposes of it", async () => {
    const { calls, model } = recorder({}, { realize: () => primitives.slice(1) });
    await expect(model()).rejects.toThrow(InternalError);
    expect(calls).toEqual(["disposed"]);
  });

  test("says that compiling failed", async () => {
    const failing = Promise.reject(new Error("no memory"));
    const policy = { backend: "toy", architecture, options: {} };
    await expect(modelOf(failing, policy)).rejects.toThrow("toy: compiling failed: no memory");
  });
});

describe("calls", () => {
  test("the engine sees nothing that is wrong", async () => {
    const { calls, model } = recorder();
    const toy = await model();
    await expect(toy.predict({ input: input(3) })).rejects.toThrow(BatchError);
    await expect(toy.gradients(labelled(3))).rejects.toThrow(BatchError);
    await expect(toy.writeParameters(new Map())).rejects.toThrow(ParameterError);
    await expect(toy.train({ optimizer, seed: -1 })).rejects.toThrow(RangeError);
    await expect(toy.train({ optimizer, seed: 0, firstStep: -1 })).rejects.toThrow(ParameterError);
    const session = await toy.train({ optimizer, seed: 0 });
    await expect(session.step({ indices: Uint32Array.of(0) }, RATE)).rejects.toThrow(BatchError);
    await expect(session.step(labelled(3), RATE)).rejects.toThrow(BatchError);
    await expect(toy.train({ optimizer, seed: 0 })).rejects.toThrow(SessionError);
    expect(calls).toEqual([]);
  });

  test("answer when they were made before dispose, and are refused after it; dispose ends the session first", async () => {
    const { calls, model } = recorder();
    const toy = await model();
    const session = await toy.train({ optimizer, seed: 0 });
    const [scores] = await Promise.all([toy.predict({ input: input() }), toy.dispose(), toy.dispose()]);
    expect(scores.shape).toEqual([1, 3]);
    await expect(toy.readParameters()).rejects.toThrow(DisposedError);
    await expect(session.metrics()).rejects.toThrow(DisposedError);
    await session.dispose();
    expect(calls).toEqual(["predict", "session ends", "disposed"]);
  });

  test("wrap what the engine throws, once they are their turn's", async () => {
    const { model } = recorder({}, { readParameters: () => Promise.reject(new Error("a bad kernel")) });
    const reading = (await model()).readParameters();
    await expect(reading).rejects.toThrow(RuntimeError);
    await expect(reading).rejects.toThrow("toy: reading parameters failed: a bad kernel");
  });

  test("ask for the device's failure first", async () => {
    const { calls, model } = recorder();
    const throwFailure = () => {
      throw new Error("lost");
    };
    await expect((await model({ throwFailure })).predict({ input: input(9) })).rejects.toThrow("lost");
    expect(calls).toEqual([]);
  });
});

describe("a session", () => {
  test("counts steps from the first, but for those that fail, and takes the number of a state", async () => {
    let failing = false;
    const steps: number[] = [];
    const { model } = recorder({
      step: (_batch, { step }) => {
        if (failing) throw new Error("out of memory");
        steps.push(step);
      },
    });
    const session = await (await model()).train({ optimizer, seed: 0, firstStep: 5 });
    await session.step(labelled(), RATE);
    failing = true;
    await expect(session.step(labelled(), RATE)).rejects.toThrow("a training step failed: out of memory");
    failing = false;
    await session.step(labelled(), RATE);
    expect((await session.readState()).step).toBe(7);
    expect(steps).toEqual([5, 6]);
  });

  test("evaluates on the host where the engine does not", async () => {
    const session = await (await recorder().model()).train({ optimizer, seed: 0 });
    await session.evaluate({ input: input(2), labels: Uint8Array.of(2, 0) });
    const { evaluation } = await session.metrics();
    expect(evaluation).toMatchObject({ count: 2, correct: 1, confusion: [0, 0, 1, 0, 0, 0, 0, 0, 1] });
    expect((await session.metrics()).evaluation.count).toBe(0);
  });

  test.each(["shell", "engine"] as const)(
    "has so many steps unfinished, in the order of the %s",
    async (callOrder) => {
      const finish: (() => void)[] = [];
      const { calls, model } = recorder({
        workDone: () => new Promise<void>((resolve) => finish.push(resolve)),
      });
      const session = await (await model({ unfinishedSteps: 1, callOrder })).train({ optimizer, seed: 0 });
      let done = 0;
      for (let step = 0; step < 2; step += 1) {
        void session.step(labelled(), RATE).then(() => {
          done += 1;
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect([calls, done]).toEqual([["step 0", "step 1"], 1]);
      finish[0]?.();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(done).toBe(2);
      finish[1]?.();
    },
  );

  test("throws what failed on the device at the next call, and from then on", async () => {
    const { calls, model } = recorder({ workDone: () => Promise.reject(new Error("the thread ended")) });
    const session = await (await model({ unfinishedSteps: 1 })).train({ optimizer, seed: 0 });
    await session.step(labelled(), RATE);
    for (const call of [() => session.metrics(), () => session.step(labelled(), RATE)]) {
      await expect(call()).rejects.toThrow("toy: a training step failed: the thread ended");
    }
    await session.dispose();
    expect(calls).toEqual(["step 0", "session ends"]);
  });
});
