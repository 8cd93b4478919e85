import { describe, expect, it } from "vitest";
import { optimizerText, scheduleText } from "./run-facts.js";

describe("optimizerText", () => {
  it("omits what has no effect or its default value", () => {
    expect(optimizerText({ kind: "sgd", learningRate: 0.05, momentum: 0, weightDecay: 0 })).toBe(
      "SGD, learning rate 0.05",
    );
    const adamw = { kind: "adamw", learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
    expect(optimizerText({ ...adamw, weightDecay: 0.0001 })).toBe(
      "AdamW, learning rate 0.003, weight decay 0.0001",
    );
  });

  it("says all that differs", () => {
    expect(optimizerText({ kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 })).toBe(
      "SGD, learning rate 0.1, momentum 0.9, weight decay 0.01",
    );
    expect(
      optimizerText({
        kind: "adamw",
        learningRate: 0.1,
        beta1: 0.8,
        beta2: 0.99,
        epsilon: 1e-6,
        weightDecay: 0,
      }),
    ).toBe("AdamW, learning rate 0.1, betas 0.8 and 0.99, epsilon 0.000001");
  });
});

describe("scheduleText", () => {
  it("names the warm-up where there is one", () => {
    expect([0, 1, 50].map((warmupSteps) => scheduleText({ kind: "cosine", warmupSteps }))).toEqual([
      "cosine",
      "cosine, 1 warm-up step",
      "cosine, 50 warm-up steps",
    ]);
  });
});
