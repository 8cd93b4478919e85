import { imageFromPixels } from "@nin/data";
import { at } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { evaluateModel } from "../loop/evaluation.js";
import { canvasPixels, classifyingModel, firstTestImages } from "../testing/classified.js";
import { smallData } from "../testing/small-training.js";
import { classify, classifyImages } from "./classify.js";

describe("classify", () => {
  it("gives what evaluateModel predicts, with the same probabilities", async () => {
    const { model, options } = await classifyingModel();
    const { predictions, probabilities } = await evaluateModel(model, smallData.test);
    const images = firstTestImages(20);
    const classified = await classifyImages(model, images, options);
    const first = classified.map((classes) => at(classes, 0));
    expect(first.map(({ index }) => index)).toEqual([...predictions]);
    expect(new Set(predictions).size).toBeGreaterThan(2);
    expect(first.map(({ probability }) => Math.fround(probability))).toEqual([...probabilities]);
    expect(first.map((prediction) => prediction.class)).toEqual(
      [...predictions].map((index) => smallData.test.classNames[index]),
    );
    for (const image of [0, 19]) {
      const alone = await classify(model, images.slice(image * 64, (image + 1) * 64), options);
      expect(alone).toEqual(at(classified, image));
    }
  });

  it("gives the most probable classes first, five by default, all that there are at most", async () => {
    const { model, options } = await classifyingModel();
    const image = firstTestImages(1);
    const all = await classify(model, image, { ...options, top: 99 });
    expect(all.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const probabilities = all.map(({ probability }) => probability);
    expect(probabilities.toSorted((a, b) => b - a)).toEqual(probabilities);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(await classify(model, image, options)).toEqual(all.slice(0, 5));
    expect(await classify(model, image, { ...options, top: 1 })).toEqual(all.slice(0, 1));
  });

  it("takes a canvas's pixels, or decoded ones, of any size", async () => {
    const { model, options } = await classifyingModel();
    const [width, height] = [31, 17];
    const data = canvasPixels(width, height);
    const decoded = { pixels: data, channels: 4, height, width } as const;
    const expected = await classify(model, imageFromPixels(decoded, options.imageFormat), options);
    expect(await classify(model, { data, height, width }, options)).toEqual(expected);
    expect(await classify(model, decoded, options)).toEqual(expected);
  });

  it("orders equal scores as they come, and says NaN where there is no softmax", async () => {
    const { model, options } = await classifyingModel();
    const scores = [1, 3, 3, 2, 3, 0, 0, 0, 0, 0];
    const withScores = (data: readonly number[]) => ({
      ...model,
      predict: async () => ({ shape: [1, 10], data: Float32Array.from(data) }),
    });
    const image = firstTestImages(1);
    const ties = await classify(withScores(scores), image, options);
    expect(ties.map(({ index }) => index)).toEqual([1, 2, 4, 3, 0]);
    expect(new Set(ties.slice(0, 3).map(({ probability }) => probability)).size).toBe(1);
    const broken = await classify(withScores(scores.with(6, Number.NaN)), image, options);
    expect(at(broken, 0)).toEqual({ class: at(options.classNames, 6), index: 6, probability: Number.NaN });
  });

  it.each([
    [{ top: 0 }, "top: expected a positive integer, got 0"],
    [{ top: 1.5 }, "top: expected a positive integer, got 1.5"],
    [{ classNames: ["a"] }, "classNames: expected 10 names, one for each score, got 1"],
  ])("refuses %j", async (changes, message) => {
    const { model, options } = await classifyingModel();
    await expect(classify(model, firstTestImages(1), { ...options, ...changes })).rejects.toThrow(message);
  });

  it("refuses bytes of another size, and pixels of another number", async () => {
    const { model, options } = await classifyingModel();
    await expect(classify(model, new Uint8Array(63), options)).rejects.toMatchObject({ code: "NIN_BATCH" });
    const pixels = { data: new Uint8ClampedArray(5), height: 2, width: 2 };
    await expect(classify(model, pixels, options)).rejects.toMatchObject({ code: "NIN_DATA_OPTION" });
  });
});
