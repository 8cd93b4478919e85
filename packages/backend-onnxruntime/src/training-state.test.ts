import type { TrainingSession, TrainingState, TrainOptions } from "@nin/backend";
import { classCount, type Optimizer, type Tensor } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { ADAMW, SGD } from "./testing/optimizers.js";
import { smallArchitecture, smallBatch, smallModel } from "./testing/small-model.js";

const PLAIN_SGD = { ...SGD, momentum: 0 };

async function trainSteps(session: TrainingSession, first: number, last: number): Promise<void> {
  for (let step = first; step < last; step += 1) {
    await session.step(smallBatch(1 + (step % 4), 10 + step), { learningRate: 0.05 / (1 + step) });
  }
}

describe.each<[string, Optimizer]>([
  ["SGD", SGD],
  ["SGD without momentum", PLAIN_SGD],
  ["AdamW", ADAMW],
])("%s", (_, optimizer) => {
  test("goes on from a saved state as without, bit for bit, with dropout", async () => {
    await using uninterrupted = await smallModel();
    const whole = await uninterrupted.train({ optimizer, seed: 1 });
    await trainSteps(whole, 0, 3);
    const saved = await whole.readState();
    expect(saved.step).toBe(3);
    await trainSteps(whole, 3, 6);

    await using other = await smallModel();
    const resumed = await other.train({ optimizer, seed: 1, firstStep: 3 });
    await resumed.writeState(saved);
    expect(await resumed.readState()).toEqual(saved);
    await trainSteps(resumed, 3, 6);
    expect(await resumed.readState()).toEqual(await whole.readState());
    expect((await resumed.metrics()).losses).toEqual((await whole.metrics()).losses.slice(3));
  });

  test("and back to an earlier one in the same session", async () => {
    await using model = await smallModel();
    const session = await model.train({ optimizer, seed: 1 });
    const start = await session.readState();
    await trainSteps(session, 0, 3);
    const first = await session.readState();
    await session.writeState(start);
    await trainSteps(session, 0, 3);
    expect(await session.readState()).toEqual(first);
  });
});

test("the step counts in dropout masks, and in AdamW", async () => {
  const stateAfterOne = async (train: TrainOptions): Promise<TrainingState> => {
    await using model = await smallModel();
    const session = await model.train(train);
    await session.step(smallBatch(), { learningRate: 0.1 });
    return session.readState();
  };
  const first = await stateAfterOne({ optimizer: SGD, seed: 1 });
  expect(await stateAfterOne({ optimizer: SGD, seed: 1 })).toEqual(first);
  const later = await stateAfterOne({ optimizer: SGD, seed: 1, firstStep: 1 });
  expect(later.step).toBe(2);
  expect(later.parameters).not.toEqual(first.parameters);
  expect((await stateAfterOne({ optimizer: SGD, seed: 2 })).parameters).not.toEqual(first.parameters);
});

test("state names: velocity once a step was done, both moments from the start, nothing without momentum", async () => {
  await using model = await smallModel();
  const names = async (optimizer: Optimizer, steps: number): Promise<readonly string[]> => {
    await using session = await model.train({ optimizer, seed: 1 });
    await trainSteps(session, 0, steps);
    return [...(await session.readState()).optimizer.keys()].sort();
  };
  const parameters = [...(await model.readParameters()).keys()];
  const named = (slot: string): string[] => parameters.map((name) => `${slot}.${name}`).sort();
  expect(await names(SGD, 0)).toEqual([]);
  expect(await names(SGD, 1)).toEqual(named("velocity"));
  expect(await names(PLAIN_SGD, 1)).toEqual([]);
  expect(await names(ADAMW, 0)).toEqual([...named("moment1"), ...named("moment2")]);
});

describe("evaluation", () => {
  const classes = classCount(smallArchitecture);

  /** Log-sum-exp in float64. */
  function lossOf({ data }: Tensor, label: number, image: number): number {
    const scores = [...data.slice(image * classes, (image + 1) * classes)];
    return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - (scores[label] ?? Number.NaN);
  }

  test("adds up losses and a confusion matrix without dropout, and starts anew", async () => {
    await using model = await smallModel();
    const session = await model.train({ optimizer: SGD, seed: 0 });
    const confusion = new Array<number>(classes * classes).fill(0);
    let lossSum = 0;
    let correct = 0;
    for (const batch of [smallBatch(8, 1), smallBatch(3, 2), smallBatch(1, 3)]) {
      await session.evaluate(batch);
      const scores = await model.predict(batch);
      batch.labels.forEach((label, image) => {
        const row = [...scores.data.slice(image * classes, (image + 1) * classes)];
        const predicted = row.indexOf(Math.max(...row));
        lossSum += lossOf(scores, label, image);
        correct += Number(predicted === label);
        confusion[label * classes + predicted] = (confusion[label * classes + predicted] ?? 0) + 1;
      });
    }
    const { evaluation, losses } = await session.metrics();
    expect(losses).toEqual([]);
    expect(evaluation).toMatchObject({ images: 12, correct, confusion });
    expect(evaluation.lossSum).toBeCloseTo(lossSum, 10);
    expect((await session.metrics()).evaluation).toEqual({
      images: 0,
      lossSum: 0,
      correct: 0,
      confusion: confusion.map(() => 0),
    });
  });

  test("of equal scores predicts the first, and changes nothing of the training", async () => {
    await using model = await smallModel();
    const session = await model.train({ optimizer: ADAMW, seed: 0 });
    const { parameters, ...state } = await session.readState();
    const zero = new Map(
      [...parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }]),
    );
    await session.writeState({ ...state, parameters: zero });
    const before = await session.readState();
    await session.evaluate({ ...smallBatch(3), labels: Uint8Array.from([0, 2, 2]) });
    expect(await session.readState()).toEqual(before);
    const { evaluation } = await session.metrics();
    expect(evaluation.confusion).toEqual([1, 0, 0, 0, 0, 0, 2, 0, 0]);
    expect(evaluation.lossSum).toBeCloseTo(3 * Math.log(3), 6);
  });
});
