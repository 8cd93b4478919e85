import { BatchError, DisposedError, ParameterError, SessionError, type TrainOptions } from "@nin/backend";
import { type DropoutMaskKey, fillDropoutMask } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { randomInput, randomParameters, smallImages, smallModel } from "./testing/small-model.js";

const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } as const;
const ADAMW = {
  kind: "adamw",
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
} as const;
const batch = { input: randomInput(4), labels: Uint8Array.from([0, 1, 2, 0]) };
const rate = { learningRate: 0.1 };
const images = Uint8Array.from({ length: 6 * 16 }, (_, i) => (i * 37) % 256);
const dataset = { images, labels: Uint8Array.from([0, 1, 2, 2, 1, 0]) };

describe("steps", () => {
  test("losses come in order, once, from before each update, and fall", async () => {
    const model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 3 });
    for (let step = 0; step < 30; step += 1) await session.step(batch, { learningRate: 0.05 });
    const { losses } = await session.metrics();
    expect(losses).toHaveLength(30);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
    expect(mean(losses.slice(-5))).toBeLessThan(0.9 * mean(losses.slice(0, 5)));
    expect((await session.metrics()).losses).toEqual([]);
  });

  test("dropout asks for its mask by seed, position, rate and the run's step", async () => {
    const asked: (readonly [DropoutMaskKey, number, number])[] = [];
    const model = await smallModel(
      {},
      {
        dropoutMask: (mask, start, kept) => {
          asked.push([mask, start, kept.length]);
          fillDropoutMask(mask, start, kept);
        },
      },
    );
    const session = await model.train({ optimizer: SGD, seed: 3, firstStep: 5 });
    await session.step(batch, rate);
    await session.step(batch, rate);
    await session.evaluate(batch);
    await session.metrics();
    const key = { seed: 3, position: 2, rate: 0.5 };
    expect(asked).toEqual([
      [{ ...key, step: 5 }, 0, 32],
      [{ ...key, step: 6 }, 0, 32],
    ]);
  });

  test("with every unit kept and rate 0.5, a step is that of a network whose pool is doubled", async () => {
    const keepAll = { dropoutMask: (_: DropoutMaskKey, __: number, kept: Uint8Array) => void kept.fill(1) };
    const model = await smallModel({}, keepAll);
    const parameters = new Map(await model.readParameters());
    const doubled = await smallModel();
    const weight = parameters.get("net.4.weight");
    if (weight === undefined) throw new Error("net.4.weight is missing");
    await doubled.writeParameters(
      parameters.set("net.4.weight", { ...weight, data: Float64Array.from(weight.data, (w) => 2 * w) }),
    );
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await session.step(batch, rate);
    const { losses } = await session.metrics();
    expect(losses[0]).toBeCloseTo((await doubled.gradients(batch)).loss, 14);
  });

  test("indices are the data set's images and labels, in the order given", async () => {
    const options = { optimizer: SGD, seed: 0 };
    const byIndex = await (await smallModel({ images: smallImages })).train({ ...options, dataset });
    const byImages = await (await smallModel({ images: smallImages })).train(options);
    await byIndex.step({ indices: Uint32Array.from([4, 1]) }, rate);
    const chosen = Uint8Array.from([...images.subarray(64, 80), ...images.subarray(16, 32)]);
    await byImages.step({ images: chosen, labels: Uint8Array.from([1, 1]) }, rate);
    expect(await byIndex.readState()).toEqual(await byImages.readState());
  });

  test("a batch that does not suit changes nothing", async () => {
    const model = await smallModel({ images: smallImages });
    const session = await model.train({ optimizer: SGD, seed: 0, dataset });
    const before = await session.readState();
    const wrong = [{ ...batch, labels: Uint8Array.from([0]) }, { indices: Uint32Array.from([6]) }];
    for (const each of wrong) await expect(session.step(each, rate)).rejects.toThrow(BatchError);
    await expect(session.step({ indices: new Uint32Array() }, rate)).rejects.toThrow(BatchError);
    expect(await session.readState()).toEqual(before);
    expect((await session.metrics()).losses).toEqual([]);
  });

  test.each<[string, Partial<TrainOptions>]>([
    ["a label out of range", { dataset: { ...dataset, labels: Uint8Array.from([0, 1, 2, 3, 0, 0]) } }],
    ["fewer labels than images", { dataset: { ...dataset, labels: new Uint8Array(5) } }],
    ["part of an image", { dataset: { ...dataset, images: images.subarray(1) } }],
  ])("a data set with %s is refused", async (_, options) => {
    const model = await smallModel({ images: smallImages });
    await expect(model.train({ optimizer: SGD, seed: 0, ...options })).rejects.toThrow(BatchError);
  });

  test("indices without a data set, and a data set without an image format, are refused", async () => {
    const session = await (await smallModel({ images: smallImages })).train({ optimizer: SGD, seed: 0 });
    await expect(session.step({ indices: Uint32Array.from([0]) }, rate)).rejects.toThrow(BatchError);
    const training = (await smallModel()).train({ optimizer: SGD, seed: 0, dataset });
    await expect(training).rejects.toThrow(BatchError);
  });
});

describe("evaluation", () => {
  test("sums losses and a confusion matrix over batches, without dropout, and starts anew", async () => {
    const model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await session.evaluate(batch);
    await session.evaluate(batch);
    const { evaluation } = await session.metrics();
    const { loss } = await model.gradients(batch);
    expect(evaluation.images).toBe(8);
    expect(evaluation.lossSum).toBeCloseTo(8 * loss, 12);
    const scores = await model.predict({ input: batch.input });
    const confusion = Array.from({ length: 9 }, () => 0);
    let correct = 0;
    batch.labels.forEach((label, n) => {
      const row = [...scores.data.slice(3 * n, 3 * n + 3)];
      const prediction = row.indexOf(Math.max(...row));
      confusion[3 * label + prediction] = (confusion[3 * label + prediction] ?? 0) + 2;
      if (prediction === label) correct += 2;
    });
    expect(evaluation.confusion).toEqual(confusion);
    expect(evaluation.correct).toBe(correct);
    expect((await session.metrics()).evaluation).toMatchObject({ images: 0, lossSum: 0, correct: 0 });
  });

  test("changes nothing of the training", async () => {
    const session = await (await smallModel()).train({ optimizer: ADAMW, seed: 0 });
    const before = await session.readState();
    await session.evaluate(batch);
    expect(await session.readState()).toEqual(before);
  });
});

describe("state", () => {
  test.each([SGD, ADAMW, { ...SGD, momentum: 0 }])(
    "training goes on from a saved state as without ($kind)",
    async (optimizer) => {
      const whole = await (await smallModel()).train({ optimizer, seed: 1 });
      for (let step = 0; step < 2; step += 1) await whole.step(batch, rate);
      const saved = await whole.readState();
      expect(saved.step).toBe(2);
      const resumed = await (await smallModel()).train({ optimizer, seed: 1, firstStep: 2 });
      await resumed.writeState(saved);
      for (const session of [whole, resumed]) await session.step(batch, rate);
      expect(await resumed.readState()).toEqual(await whole.readState());
    },
  );

  test("names: velocity once a step was done, both moments from the start, nothing without momentum", async () => {
    const names = async (optimizer: TrainOptions["optimizer"], steps: number): Promise<readonly string[]> => {
      const session = await (await smallModel()).train({ optimizer, seed: 1 });
      for (let step = 0; step < steps; step += 1) await session.step(batch, rate);
      return [...(await session.readState()).optimizer.keys()];
    };
    const parameters = [...(await (await smallModel()).readParameters()).keys()];
    expect(await names(SGD, 0)).toEqual([]);
    expect(await names(SGD, 1)).toEqual(parameters.map((name) => `velocity.${name}`));
    expect(await names({ ...SGD, momentum: 0 }, 1)).toEqual([]);
    expect(await names(ADAMW, 0)).toEqual(
      ["moment1", "moment2"].flatMap((moment) => parameters.map((name) => `${moment}.${name}`)),
    );
  });

  test("one that does not suit changes nothing", async () => {
    const session = await (await smallModel()).train({ optimizer: ADAMW, seed: 0 });
    await session.step(batch, rate);
    const before = await session.readState();
    const parameters = randomParameters(before.parameters, 9);
    for (const wrong of [
      { ...before, parameters, optimizer: new Map() },
      { ...before, parameters, step: -1 },
      { ...before, parameters: new Map() },
    ]) {
      await expect(session.writeState(wrong)).rejects.toThrow(ParameterError);
    }
    expect(await session.readState()).toEqual(before);
  });
});

describe("sessions", () => {
  test("one at a time; after dispose the model keeps what was trained and can be trained again", async () => {
    const model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await expect(model.train({ optimizer: SGD, seed: 0 })).rejects.toThrow(SessionError);
    await session.step(batch, rate);
    const { parameters } = await session.readState();
    await session.dispose();
    await session.dispose();
    await expect(session.step(batch, rate)).rejects.toThrow(DisposedError);
    expect(await model.readParameters()).toEqual(parameters);
    await (await model.train({ optimizer: SGD, seed: 0 })).dispose();
  });

  test("a session of a disposed model throws, and can still be disposed of", async () => {
    const model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await model.dispose();
    await expect(session.metrics()).rejects.toThrow(DisposedError);
    await session.dispose();
  });

  test("a first step or seed that cannot be is refused", async () => {
    const model = await smallModel();
    await expect(model.train({ optimizer: SGD, seed: 0, firstStep: -1 })).rejects.toThrow(ParameterError);
    await expect(model.train({ optimizer: SGD, seed: -1 })).rejects.toThrow(RangeError);
  });
});
