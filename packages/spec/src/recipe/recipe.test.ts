import { describe, expect, test } from "vitest";
import { builtinRecipe } from "../builtin/recipes.js";
import { learningRateAt, parseRecipe, type Recipe } from "./recipe.js";

const recipe = (kind: "constant" | "cosine", warmupSteps: number): Recipe => ({
  ...builtinRecipe("d2l"),
  schedule: { kind, warmupSteps },
});
const BASE = 0.05;

/** A recipe of 10 epochs with another schedule, and the validation split that it may need. */
const scheduled = (schedule: object): Recipe =>
  parseRecipe({ ...builtinRecipe("d2l"), schedule, validation: { fraction: 0.1 } });

describe("learningRateAt", () => {
  test("falls by gamma at each milestone, an epoch counted from 0, whatever the warm-up", () => {
    const recipe = scheduled({ kind: "multiStep", milestones: [2, 3, 7], gamma: 0.2, warmupSteps: 25 });
    // Ten epochs of ten steps.
    const rates = [0, 24, 25, 29, 30, 69, 70, 99].map((t) => learningRateAt(recipe, t, 100));
    const [once, twice] = [BASE * 0.2, BASE * 0.2 * 0.2];
    expect(rates).toEqual([BASE / 25, BASE, once, once, twice, twice, twice * 0.2, twice * 0.2]);
  });

  test("falls by a plateau's factor for each reduction", () => {
    const recipe = scheduled({ kind: "plateau", factor: 0.5, patience: 3, warmupSteps: 2 });
    const rates = [0, 1, 2].map((reductions) => learningRateAt(recipe, 50, 100, reductions));
    expect(rates).toEqual([BASE, BASE / 2, BASE / 4]);
    expect(learningRateAt(recipe, 0, 100, 2)).toBe(BASE / 2);
  });

  test("is constant without warm-up", () => {
    expect([0, 1, 99].map((t) => learningRateAt(recipe("constant", 0), t, 100))).toEqual([BASE, BASE, BASE]);
  });

  test("warms up linearly, to the base at the last step of it", () => {
    const rates = [0, 1, 3, 4, 99].map((t) => learningRateAt(recipe("constant", 4), t, 100));
    expect(rates).toEqual([BASE / 4, BASE / 2, BASE, BASE, BASE]);
  });

  test("falls as half a cosine from the base towards 0", () => {
    const cosine = recipe("cosine", 0);
    expect(learningRateAt(cosine, 0, 100)).toBe(BASE);
    expect(learningRateAt(cosine, 50, 100)).toBeCloseTo(BASE / 2, 15);
    expect(learningRateAt(cosine, 25, 100)).toBeCloseTo((BASE / 2) * (1 + Math.SQRT1_2), 15);
    expect(learningRateAt(cosine, 99, 100)).toBe((BASE / 2) * (1 + Math.cos((Math.PI * 99) / 100)));
    expect(learningRateAt(cosine, 99, 100)).toBeGreaterThan(0);
  });

  test("starts the cosine after the warm-up", () => {
    const cosine = recipe("cosine", 20);
    expect(learningRateAt(cosine, 0, 100)).toBe(BASE / 20);
    expect(learningRateAt(cosine, 19, 100)).toBe(BASE);
    expect(learningRateAt(cosine, 20, 100)).toBe(BASE);
    expect(learningRateAt(cosine, 60, 100)).toBeCloseTo(BASE / 2, 15);
  });

  test("a run that ends inside its warm-up has a finite rate at every step", () => {
    const rates = [0, 1, 2].map((t) => learningRateAt(recipe("cosine", 20), t, 3));
    expect(rates).toEqual([BASE / 20, (BASE * 2) / 20, (BASE * 3) / 20]);
  });
});
