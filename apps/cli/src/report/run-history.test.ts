import { describe, expect, it } from "vitest";
import { readHistory } from "./run-history.js";
import { sampleEpoch, sampleStep } from "./testing/sample-run.js";

describe("readHistory", () => {
  it("finds nothing in nothing", () => {
    expect(readHistory([])).toEqual({
      steps: [],
      epochs: [],
      evaluated: undefined,
      best: undefined,
      chosen: undefined,
      warnings: [],
      confusion: undefined,
      stepsDone: 0,
      firstBadStep: undefined,
      imagesPerSecond: null,
      elapsedMs: null,
    });
  });

  it("distinguishes the newest evaluation from the best", () => {
    const accuracies = [0.7, 0.9, 0.9, 0.8];
    const epochs = accuracies.map((testAccuracy, index) => ({ ...sampleEpoch(index + 1), testAccuracy }));
    const unevaluated = { ...sampleEpoch(5), testAccuracy: null, confusion: null };
    const history = readHistory([...epochs, unevaluated]);
    expect(history.evaluated?.epoch).toBe(4);
    expect(history.best?.epoch).toBe(2);
    expect(history.confusion).toEqual(epochs[3]?.confusion);
  });

  it("takes the speed's median over epochs, else over steps", () => {
    const steps = [100, Number.NaN, 300, 200].map((imagesPerSecond, index) => ({
      ...sampleStep(index + 1),
      imagesPerSecond,
    }));
    const epochs = [10, 30].map((imagesPerSecond, index) => ({ ...sampleEpoch(index + 1), imagesPerSecond }));
    expect(readHistory(steps).imagesPerSecond).toBe(200);
    expect(readHistory([...steps, ...epochs]).imagesPerSecond).toBe(20);
  });

  it("names the first step whose loss is not finite, also where it is JSON's null", () => {
    const lines = [1, 2, 3].map(sampleStep);
    const read = JSON.parse(
      JSON.stringify(lines.map((line) => (line.step > 1 ? { ...line, loss: NaN } : line))),
    );
    expect(readHistory(lines).firstBadStep).toBeUndefined();
    expect(readHistory(read).firstBadStep).toBe(2);
    expect(readHistory(read).stepsDone).toBe(3);
  });
});
