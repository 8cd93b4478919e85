import { describe, expect, test } from "vitest";
import { builtinRecipe, sizedRecipe } from "./recipes.js";

const robust = builtinRecipe("robust");

describe("sizedRecipe", () => {
  test.each([
    // Fashion-MNIST's 1,875 steps an epoch.
    [60_000, 2, 200],
    [32_000, 2, 200],
    // 10 steps an epoch.
    [300, 200, 200],
    [1, 2000, 200],
  ])("%d images: %d epochs, %d steps of warm-up", (images, epochs, warmupSteps) => {
    expect(sizedRecipe(robust, images)).toEqual({
      ...robust,
      epochs,
      schedule: { kind: "cosine", warmupSteps },
    });
  });

  test("keeps to given epochs, and warms up over a tenth of their steps at most", () => {
    expect(sizedRecipe(robust, 300, 3)).toMatchObject({ epochs: 3, schedule: { warmupSteps: 3 } });
    expect(sizedRecipe(robust, 20, 1)).toMatchObject({ epochs: 1, schedule: { warmupSteps: 0 } });
  });
});
