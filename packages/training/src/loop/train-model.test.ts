import type { Model } from "@nin/backend";
import { parseArchitecture } from "@nin/spec";
import { afterEach, describe, expect, it } from "vitest";
import {
  DivergedError,
  type TrainingEvent,
  type TrainingOptions,
  type TrainingResult,
  trainModel,
} from "../index.js";
import { MemoryRecorder, withoutTimes } from "../testing/memory-recorder.js";
import { smallArchitecture, smallData, smallModel, smallRecipe } from "../testing/small-training.js";

const models: Model[] = [];
afterEach(async () => {
  for (const model of models.splice(0)) await model.dispose();
});

async function train(
  changes: Partial<TrainingOptions> = {},
): Promise<{ result: TrainingResult; recorder: MemoryRecorder; events: TrainingEvent[]; model: Model }> {
  const recipe = changes.recipe ?? smallRecipe();
  const model = await smallModel(recipe);
  models.push(model);
  const recorder = new MemoryRecorder();
  const events: TrainingEvent[] = [];
  const result = await trainModel({
    model,
    architecture: smallArchitecture,
    recipe,
    data: smallData,
    logEvery: 2,
    checkpointEvery: 3,
    recorder,
    ...changes,
    onEvent: (event) => {
      events.push(event);
      changes.onEvent?.(event);
    },
  });
  return { result, recorder, events, model };
}

describe("a training", () => {
  it("does every step, logs, evaluates and saves as often as the options say", async () => {
    const { result, recorder, events } = await train();
    expect(result).toMatchObject({ step: 14, interrupted: false });
    const counts = { lastStep: 14, stepsPerEpoch: 7, epochs: 2, evaluatedImages: 20 };
    expect(events[0]).toEqual({ kind: "start", step: 0, ...counts });
    const lines = recorder.lines.map((line) => [line.kind, line.step]);
    expect(lines).toEqual([
      ["step", 2],
      ["step", 4],
      ["step", 6],
      ["epoch", 7],
      ["step", 8],
      ["step", 10],
      ["step", 12],
      ["step", 14],
      ["epoch", 14],
    ]);
    expect(recorder.checkpoints.map(({ state }) => state.step)).toEqual([3, 6, 7, 9, 12, 14]);
    expect(result.epochs).toEqual(recorder.lines.filter(({ kind }) => kind === "epoch"));
    expect(result.epochs[1]).toMatchObject({ testImages: 20, epoch: 2 });
    expect(result.epochs[1]?.confusion?.flat().reduce((a, b) => a + b)).toBe(20);
  });

  it("takes the mean over images, not over batches, as an epoch's loss", async () => {
    const { recorder } = await train({ logEvery: 1 });
    const losses = recorder.lines.flatMap((line) =>
      line.kind === "step" && line.epoch === 1 ? [line.loss] : [],
    );
    const sum = losses.reduce((total, loss, index) => total + loss * (index === 6 ? 2 : 8), 0);
    const [epoch] = recorder.lines.filter(({ kind }) => kind === "epoch");
    expect(epoch).toMatchObject({ trainLoss: sum / 50 });
  });

  it.each([
    ["all epochs", {}, { step: 14, ended: "epochs" }],
    ["maxSteps amid an epoch", { maxSteps: 3 }, { step: 3, ended: "maxSteps" }],
    ["maxSteps with an epoch", { maxSteps: 7 }, { step: 7, ended: "maxSteps" }],
    [
      "stopAfter",
      { stopAfter: ({ epoch }: { epoch: number }) => epoch === 1 },
      { step: 7, ended: "stopAfter" },
    ],
    ["stopAfter, which never says so", { stopAfter: () => false }, { step: 14, ended: "epochs" }],
  ] as const)("that ends by %s was not interrupted", async (_name, changes, expected) => {
    expect((await train(changes)).result).toMatchObject({ ...expected, interrupted: false });
  });

  it("says what is computed otherwise when it is resumed, and keeps what it is computed with", async () => {
    const on = (threads: string) => async (changes: Partial<TrainingOptions>) => {
      const model = await smallModel();
      models.push(model);
      model.realization = () => ({ threads, kernels: "a" });
      return train({ model, ...changes });
    };
    const begun = await on("2")({ maxSteps: 3, environment: { node: "20", nin: "1" } });
    expect(begun.events[0]?.kind).toBe("start");
    const resumeFrom = begun.recorder.checkpoints.at(-1);
    expect(resumeFrom?.environment).toEqual({ node: "20", nin: "1", threads: "2", kernels: "a" });
    if (resumeFrom === undefined) return;
    const same = await on("2")({ resumeFrom, environment: { node: "20", other: "1" } });
    expect(same.events[0]?.kind).toBe("start");
    const other = await on("4")({ resumeFrom, environment: { node: "22", nin: "1" } });
    expect(other.events[0]).toEqual({
      kind: "environment",
      differences: [
        { name: "node", before: "20", now: "22" },
        { name: "threads", before: "2", now: "4" },
      ],
    });
    expect(other.recorder.checkpoints.at(-1)?.environment).toMatchObject({ node: "22", threads: "4" });
  });

  it("refuses a checkpoint that is not of this training", async () => {
    const { recorder } = await train({ maxSteps: 3 });
    const resumeFrom = recorder.checkpoints.at(-1);
    if (resumeFrom === undefined) throw new Error("no checkpoint was saved");
    await expect(
      train({ resumeFrom: { ...resumeFrom, progress: { ...resumeFrom.progress, position: 2 } } }),
    ).rejects.toThrow(
      "resumeFrom: expected a checkpoint of this training, got another one (step: expected 2, got 3)",
    );
    await expect(train({ resumeFrom, recipe: smallRecipe({}, { batchSize: 4 }) })).rejects.toThrow(
      "images: expected 12, got 24",
    );
  });

  it("learns", async () => {
    const { result } = await train({ recipe: smallRecipe({}, { epochs: 12 }) });
    const losses = result.epochs.map(({ trainLoss }) => trainLoss);
    expect(losses.at(-1)).toBeLessThan(0.6 * (losses[0] ?? 0));
  });

  it("follows the schedule of all epochs, whatever cuts it short", async () => {
    const { recorder: whole } = await train({ logEvery: 1 });
    const { recorder: cut, result } = await train({ logEvery: 1, maxSteps: 5 });
    expect(result.step).toBe(5);
    expect(withoutTimes(cut.lines)).toEqual(withoutTimes(whole.lines).slice(0, 5));
    expect(cut.checkpoints.at(-1)?.state.step).toBe(5);
    expect(whole.lines[0]).toMatchObject({ learningRate: Math.fround(0.1 / 3) });
  });

  it("evaluates at an epoch's end that is also the last step", async () => {
    const { recorder } = await train({ maxSteps: 7 });
    expect(recorder.lines.at(-1)).toMatchObject({ kind: "epoch", epoch: 1 });
    expect(recorder.checkpoints.at(-1)?.progress).toMatchObject({ epoch: 1, position: 0 });
  });

  it("does not evaluate with evalLimit 0", async () => {
    const { result } = await train({ evalLimit: 0 });
    expect(result.epochs[0]).toMatchObject({
      testLoss: null,
      testAccuracy: null,
      testImages: 0,
      confusion: null,
    });
  });
});

describe("a training resumed", () => {
  it.each([
    ["SGD with momentum", smallRecipe()],
    ["plain SGD", smallRecipe({ momentum: 0 })],
    ["AdamW", smallRecipe({}, { optimizer: { kind: "adamw", learningRate: 0.01, weightDecay: 0.01 } })],
  ])("from any checkpoint ends bit for bit as one that was never stopped: %s", async (_name, recipe) => {
    const { recorder: whole, result } = await train({ recipe });
    for (const checkpoint of whole.checkpoints) {
      const { recorder, result: resumed } = await train({ recipe, resumeFrom: checkpoint });
      const lines = [...whole.linesUpTo(checkpoint), ...recorder.lines];
      expect(withoutTimes(lines)).toEqual(withoutTimes(whole.lines));
      expect(withoutTimes(resumed.epochs)).toEqual(withoutTimes(result.epochs));
      if (recorder.checkpoints.length === 0) continue;
      expect(recorder.checkpoints.at(-1)?.state).toEqual(whole.checkpoints.at(-1)?.state);
    }
  });

  it("after a signal at any step ends bit for bit the same", async () => {
    const { recorder: whole } = await train();
    for (const at of [1, 4, 7, 13]) {
      const controller = new AbortController();
      const model = await smallModel();
      models.push(model);
      const stopping = stopAfter(model, at, controller);
      const recorder = new MemoryRecorder();
      const result = await trainModel({
        model: stopping,
        architecture: smallArchitecture,
        recipe: smallRecipe(),
        data: smallData,
        logEvery: 2,
        checkpointEvery: 3,
        recorder,
        signal: controller.signal,
      });
      expect(result).toMatchObject({ interrupted: true, step: at });
      const checkpoint = recorder.checkpoints.at(-1);
      expect(checkpoint?.state.step).toBe(at);
      const { recorder: rest } = await train(checkpoint === undefined ? {} : { resumeFrom: checkpoint });
      expect(withoutTimes([...recorder.lines, ...rest.lines])).toEqual(withoutTimes(whole.lines));
      expect(rest.checkpoints.at(-1)?.state).toEqual(whole.checkpoints.at(-1)?.state);
    }
  });

  it("in the middle of an evaluation does it again", async () => {
    const { recorder: whole } = await train();
    const controller = new AbortController();
    const { recorder, result } = await train({
      signal: controller.signal,
      onEvent: ({ kind }) => kind === "evaluation" && controller.abort(),
    });
    expect(result).toMatchObject({ interrupted: true, step: 7, epochs: [] });
    const checkpoint = recorder.checkpoints.at(-1);
    expect(checkpoint?.progress).toMatchObject({ epoch: 0, position: 7, count: 50 });
    const { recorder: rest } = await train(checkpoint === undefined ? {} : { resumeFrom: checkpoint });
    expect(withoutTimes([...recorder.lines, ...rest.lines])).toEqual(withoutTimes(whole.lines));
  });
});

describe("a training that goes wrong", () => {
  it("stops at the first step whose loss is not finite, names it and saves nothing of it", async () => {
    const recorder = new MemoryRecorder();
    const recipe = smallRecipe({ learningRate: 1e200 }, { schedule: { kind: "constant" } });
    const error = await train({ recipe, recorder, checkpointEvery: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DivergedError);
    const { step, lastCheckpoint, message } = error as DivergedError;
    expect(message).toMatch(new RegExp(`^training stopped: .* step ${step} .*, expected a finite number; `));
    for (const { state } of recorder.checkpoints) {
      expect(state.step).toBeLessThan(step);
      for (const { data } of state.parameters.values()) expect(data.every(Number.isFinite)).toBe(true);
    }
    expect(lastCheckpoint).toBe(recorder.checkpoints.at(-1)?.state.step);
  });

  it("stops at NaN in the parameters alone, with no recorder that would look at them", async () => {
    const model = await smallModel();
    const events: TrainingEvent[] = [];
    models.push(model);
    const begin = model.train.bind(model);
    model.train = async (options) => {
      const session = await begin(options);
      const read = session.readState.bind(session);
      session.readState = async () => {
        const state = await read();
        state.parameters.get("net.4.bias")?.data.fill(Number.NaN);
        return state;
      };
      return session;
    };
    const recipe = smallRecipe();
    const onEvent = (event: TrainingEvent) => void events.push(event);
    const training = trainModel({ model, architecture: smallArchitecture, recipe, data: smallData, onEvent });
    await expect(training).rejects.toThrow("net.4.bias after step 14 contains NaN");
    expect(events.at(-1)).toMatchObject({ kind: "warning", code: "divergence", step: 14 });
  });

  it.each([
    ["maxSteps", { maxSteps: 0 }, "maxSteps: expected an integer of at least 1, got 0"],
    ["logEvery", { logEvery: 1.5 }, "logEvery: expected an integer of at least 1, got 1.5"],
    [
      "checkpointEvery",
      { checkpointEvery: -1 },
      "checkpointEvery: expected an integer of at least 1, got -1",
    ],
    ["evalLimit", { evalLimit: Number.NaN }, "evalLimit: expected an integer of at least 0, got NaN"],
  ])("refuses a wrong %s before it begins", async (_name, changes, message) => {
    await expect(train(changes)).rejects.toThrow(message);
  });

  it("refuses an architecture with another number of scores than classes", async () => {
    const layers = smallArchitecture.layers.with(-1, { kind: "linear", outFeatures: 7, bias: true });
    const architecture = parseArchitecture({ ...smallArchitecture, layers });
    await expect(train({ architecture })).rejects.toThrow(
      "an output of shape [10], one score a class, got [7]",
    );
  });
});

/** The model, whose training aborts the controller with its n-th step. */
function stopAfter(model: Model, steps: number, controller: AbortController): Model {
  const train: Model["train"] = async (options) => {
    const session = await model.train(options);
    let done = 0;
    const step: typeof session.step = async (batch, stepOptions) => {
      await session.step(batch, stepOptions);
      done += 1;
      if (done === steps) controller.abort();
    };
    return new Proxy(session, { get: (target, name) => (name === "step" ? step : bound(target, name)) });
  };
  return new Proxy(model, { get: (target, name) => (name === "train" ? train : bound(target, name)) });
}

function bound<Target extends object>(target: Target, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === "function" ? value.bind(target) : value;
}
