import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { describe, expect, it } from "vitest";
import type { CheckAnswer } from "../protocol/messages.js";
import { consensus, judge, toleranceOf } from "./judge.js";
import { computeAnswer, knownAnswer } from "./oracle.js";

const RIGHT: CheckAnswer = {
  scores: [3, 4],
  losses: [2.3, 2.2],
  updates: { a: 1, b: 0.1, rounding: 1e-9 },
  dropout: "counter",
};
const allowed = toleranceOf({ precision: "f32" });

describe("an answer is judged", () => {
  it("right within the tolerances", () => {
    const near = {
      ...RIGHT,
      scores: [3.0001, 4],
      losses: [2.30001, 2.2],
      updates: { a: 1.005, b: 0.1, rounding: 0 },
    };
    const verdict = judge(near, RIGHT, allowed);
    expect(verdict.wrong).toBeUndefined();
    expect(verdict.scores).toBeCloseTo(2e-5);
    expect(verdict.updates).toBeCloseTo(5e-3);
  });

  it.each<[string, Partial<CheckAnswer>]>([
    ["scores", { scores: [3, 4.01] }],
    ["scores", { scores: [3] }],
    ["scores", { scores: [Number.NaN, 4] }],
    ["losses", { losses: [2.3, 2.201] }],
    ["losses", { losses: [2.3] }],
    ["updates", { updates: { a: 1, b: 0.11, rounding: 0 } }],
    ["updates", { updates: { a: 1, rounding: 0 } }],
    // As JSON has a NaN, which is none of the zeros that it would count as.
    ["scores", { scores: [null as unknown as number, 4] }],
    ["scores of resident images", { resident: { scores: 2e-4, losses: 0 } }],
    ["losses of resident images", { resident: { scores: 0, losses: Number.NaN } }],
  ])("wrong, naming the %s", (part, changes) => {
    expect(judge({ ...RIGHT, ...changes }, RIGHT, allowed).wrong).toMatch(new RegExp(`^${part} differ by`));
  });
});

describe("where there is no oracle", () => {
  const other = { ...RIGHT, scores: [4, 3] };

  it("most are right", () => {
    expect(consensus([other, RIGHT, { ...RIGHT }], allowed)).toBe(RIGHT);
  });

  it("nobody is known to be right when no two agree", () => {
    expect(consensus([other, RIGHT], allowed)).toBeUndefined();
    expect(consensus([RIGHT], allowed)).toBeUndefined();
    expect(consensus([RIGHT, { ...RIGHT, dropout: "off" }], allowed)).toBeUndefined();
  });
});

describe("what is right", () => {
  const recipe = builtinRecipe("d2l");
  const question = (model: string, images: number, dropout: "counter" | "off") =>
    ({ architecture: builtinArchitecture(model), recipe, images, dropout }) as const;

  it.each(["nin", "nin-mnist", "nin-cifar10"])("of %s is kept in the repository", async (model) => {
    for (const images of [1, 8]) {
      for (const dropout of ["counter", "off"] as const) {
        const known = await knownAnswer(question(model, images, dropout));
        expect(known?.by).toContain("kept in the repository");
        expect(known?.expectation.scores).toHaveLength(10 * images);
      }
    }
  });

  it("is what the reference computes", async () => {
    const asked = question("nin-mnist", 1, "counter");
    const { losses, scores } = await computeAnswer(asked);
    const known = await knownAnswer(asked);
    expect(losses).toEqual(known?.expectation.losses);
    expect(scores).toEqual(known?.expectation.scores);
  });

  it("is not computed for a large network that the repository does not know", async () => {
    const large = builtinArchitecture("nin?classes=11");
    expect(await knownAnswer({ ...question("nin", 8, "off"), architecture: large })).toBeUndefined();
  });
});
