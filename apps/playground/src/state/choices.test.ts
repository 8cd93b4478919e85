import { builtinArchitecture, builtinRecipe, classCount } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { architectureOf, builtinNames, hasBlockOptions } from "./architecture-choice.js";
import { FIRST_RECIPE, recipeOf } from "./recipe-choice.js";

const GREY = { classes: 10, channels: 1, height: 28, width: 28 };
const OWN = { classes: 7, channels: 3, height: 40, width: 30 };

describe("the network that is chosen", () => {
  it.each(builtinNames)("%s suits the images", (name) => {
    const network = architectureOf({ name }, OWN);
    expect(classCount(network)).toBe(7);
    expect(network.input.channels).toBe(3);
    expect(network.name.startsWith(name)).toBe(true);
  });

  it("is the built-in one itself where the images suit it, whatever options another one was given", () => {
    const options = { mlpConvs: 2, mlpKernelSize: 1, head: "gap" } as const;
    expect(architectureOf({ name: "nin-mnist", ...options }, GREY)).toEqual(builtinArchitecture("nin-mnist"));
    expect(architectureOf({ name: "nin-xs", ...options, mlpConvs: 4 }, GREY)).toEqual(
      builtinArchitecture("nin-xs"),
    );
    expect(builtinNames.filter(hasBlockOptions)).toEqual(["nin", "nin-mnist"]);
  });

  it("has the options of the exercises", () => {
    const network = architectureOf(
      { name: "nin-mnist", mlpConvs: 1, mlpKernelSize: 3, head: "linear" },
      GREY,
    );
    expect(network).toEqual(builtinArchitecture("nin-mnist?mlpConvs=1&mlpKernelSize=3&head=linear"));
  });
});

describe("the recipe that is chosen", () => {
  it("is the built-in one, with what was changed", () => {
    expect(recipeOf(FIRST_RECIPE)).toEqual(builtinRecipe("robust"));
    const changed = recipeOf({
      name: "d2l",
      learningRate: 0.5,
      batchSize: 7,
      epochs: 3,
      seed: 4,
      validationFraction: 0.1,
    });
    expect(changed).toMatchObject({ batchSize: 7, epochs: 3, seed: 4, validation: { fraction: 0.1 } });
    expect(changed.optimizer.learningRate).toBe(0.5);
  });

  it("is refused where a number is none", () => {
    expect(() => recipeOf({ ...FIRST_RECIPE, batchSize: Number.NaN })).toThrow("batchSize");
    expect(() => recipeOf({ ...FIRST_RECIPE, learningRate: -1 })).toThrow("learningRate");
  });
});
