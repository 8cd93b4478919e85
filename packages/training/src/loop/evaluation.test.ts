import { initialParameters } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { evaluateModel } from "../index.js";
import { smallArchitecture, smallData, smallModel, smallRecipe } from "../testing/small-training.js";

async function initialized() {
  const model = await smallModel();
  const { init, seed } = smallRecipe();
  await model.writeParameters(initialParameters(smallArchitecture, init, seed));
  return model;
}

describe("evaluating a model", () => {
  it("counts what the backend's own evaluation counts, in whatever batches", async () => {
    const model = await initialized();
    const { test } = smallData;
    const session = await model.train({ optimizer: smallRecipe().optimizer, seed: 0 });
    await session.evaluate({ images: test.images, labels: test.labels });
    const { evaluation } = await session.metrics();
    for (const batchSize of [1, 7, 20]) {
      const result = await evaluateModel(model, test, { batchSize });
      expect(result).toMatchObject({ count: 20, correct: evaluation.correct });
      expect(result.loss).toBeCloseTo(evaluation.lossSum / 20, 12);
      expect(result.confusion.flat()).toEqual([...evaluation.confusion]);
      expect(result.accuracy).toBe(evaluation.correct / 20);
    }
    await model.dispose();
  });

  it("evaluates the first images only, reports progress, and returns each prediction", async () => {
    const model = await initialized();
    const reported: number[] = [];
    const { count, predictions, probabilities } = await evaluateModel(model, smallData.test, {
      limit: 5,
      batchSize: 2,
      onProgress: (progress) => reported.push(progress.count),
    });
    expect(count).toBe(5);
    expect(reported).toEqual([2, 4, 5]);
    const { data } = await model.predict({ images: smallData.test.images.subarray(0, 5 * 64) });
    const rows = Array.from({ length: 5 }, (_, image) => [...data.slice(image * 10, (image + 1) * 10)]);
    expect([...predictions]).toEqual(rows.map((scores) => scores.indexOf(Math.max(...scores))));
    for (const probability of probabilities) expect(probability).toBeGreaterThanOrEqual(0.1);
    await model.dispose();
  });

  it("gives whole rows of confusion where the network has more scores than the data set has classes", async () => {
    const model = await initialized();
    const { test } = smallData;
    const threeClasses = {
      ...test,
      classes: 3,
      classNames: test.classNames.slice(0, 3),
      labels: test.labels.map((label) => label % 3),
    };
    const { confusion } = await evaluateModel(model, threeClasses);
    expect(confusion.map((row) => row.length)).toEqual([10, 10, 10]);
    expect(confusion.flat().reduce((sum, each) => sum + each, 0)).toBe(test.count);
    await model.dispose();
  });

  it("stops when the signal aborts, and refuses invalid options", async () => {
    const model = await initialized();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(evaluateModel(model, smallData.test, { signal })).rejects.toThrow("enough");
    await expect(evaluateModel(model, smallData.test, { limit: 0 })).rejects.toThrow(
      "limit: expected an integer",
    );
    await model.dispose();
  });
});
