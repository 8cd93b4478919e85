import { describe, expect, test } from "vitest";
import { builtinRecipe } from "../builtin/recipes.js";
import { learningRateAt, type Recipe } from "./recipe.js";

const recipe = (kind: "constant" | "cosine", warmupSteps: number): Recipe => ({
  ...builtinRecipe("d2l"),
  schedule: { kind, warmupSteps },
});
const BASE = 0.05;

describe("learningRateAt", () => {
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
