import { describe, expect, it } from "vitest";
import { expandStudy, parseStudy } from "./study.js";

const HEAD = { format: "nin-study", version: 1, name: "example" };
const expanded = (json: object) => expandStudy(parseStudy({ ...HEAD, ...json }));

describe("a study's runs", () => {
  it("are the product of the grid, the last setting fastest, over the base", () => {
    const grid = { model: ["nin-mnist", "nin-mnist?mlpConvs=0"], seed: [0, 1] };
    expect(expanded({ base: { "recipe.epochs": 2, seed: 5 }, grid })).toEqual([
      { "recipe.epochs": 2, model: "nin-mnist", seed: 0 },
      { "recipe.epochs": 2, model: "nin-mnist", seed: 1 },
      { "recipe.epochs": 2, model: "nin-mnist?mlpConvs=0", seed: 0 },
      { "recipe.epochs": 2, model: "nin-mnist?mlpConvs=0", seed: 1 },
    ]);
  });

  it("are one, of the base alone, where nothing else is said", () => {
    expect(expanded({ base: { model: "nin" } })).toEqual([{ model: "nin" }]);
  });

  it("are those listed, without the base alone, and after those of the grid", () => {
    const runs = [{ seed: 3 }, { model: "vgg11" }];
    const listed = [{ model: "nin", seed: 3 }, { model: "vgg11" }];
    expect(expanded({ base: { model: "nin" }, runs })).toEqual(listed);
    expect(expanded({ base: { model: "nin" }, grid: { seed: [0] }, runs })).toEqual([
      { model: "nin", seed: 0 },
      ...listed,
    ]);
  });

  it("combine each draw with each point of the grid", () => {
    const random = { count: 2, "recipe.batchSize": { choice: [16, 32, 64, 128] } };
    const runs = expanded({ base: { model: "nin" }, grid: { seed: [0, 1] }, random });
    expect(runs.map((run) => run.seed)).toEqual([0, 0, 1, 1]);
    const sizes = runs.map((run) => run["recipe.batchSize"]);
    expect(sizes.slice(0, 2)).toEqual(sizes.slice(2));
  });
});

describe("a study that is wrong is refused, and what was expected is said", () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ name: "" }, 'name: expected a non-empty string, got ""'],
    [{ version: 2 }, "version: expected 1, got 2"],
    [{ grids: {} }, "grids: unknown field; expected one of"],
    [
      { base: { modle: "nin" } },
      "base.modle: unknown setting; expected model, recipe, seed, data, backend, device, precision, convolution, limit, threads, or a path into the recipe, such as recipe.epochs; did you mean model?",
    ],
    [{ base: { "recipe.seed": 1 } }, "base.recipe.seed: expected seed, which is a setting of its own"],
    [{ base: { constructor: 1 } }, "base.constructor: unknown setting"],
    [{ base: { "recipe.__proto__.x": 1 } }, "unknown setting"],
    [
      { base: { model: 3 } },
      "base.model: expected a built-in network, such as nin-mnist, or the path of an architecture file, got 3",
    ],
    [{ base: { seed: -1 } }, "base.seed: expected an integer from 0 to 2^53-1, got -1"],
    [{ base: { limit: 0 } }, "base.limit: expected a positive integer, or null for no limit, got 0"],
    [{ base: { precision: "f16" } }, 'base.precision: expected "f32" or "mixed", got "f16"'],
    [{ grid: { seed: [] } }, "grid.seed: expected at least one value, got []"],
    [{ grid: { seed: 1 } }, "grid.seed: expected an array, got 1"],
    [{ grid: { seed: [0, "1"] } }, "grid.seed[1]: expected an integer from 0"],
    [{ runs: [{ seed: 0.5 }] }, "runs[0].seed: expected an integer from 0"],
    [{ random: { count: 0, limit: { choice: [1] } } }, "random.count: expected an integer from 1 to 10000"],
    [{ random: { count: 1 } }, "random: expected at least one setting to draw"],
    [{ random: { count: 1, model: { uniform: [0, 1] } } }, 'random.model: expected { "choice": [...] }'],
    [
      { random: { count: 1, limit: { uniform: [1, 5] } } },
      'random.limit: expected { "integer": [...] } or { "choice": [...] }',
    ],
    [
      { random: { count: 1, limit: { integer: [0, 5] } } },
      "random.limit.integer: expected a positive integer",
    ],
    [
      { random: { count: 1, "recipe.epochs": { uniform: [2, 1] } } },
      "random.recipe.epochs.uniform: expected the lower number first, got [2,1]",
    ],
    [
      { random: { count: 1, "recipe.epochs": { logUniform: [0, 1] } } },
      "random.recipe.epochs.logUniform: expected two positive numbers",
    ],
    [
      { random: { count: 1, "recipe.epochs": { logUniform: [1e-300, 1e300] } } },
      "expected two numbers that are not as far apart",
    ],
    [
      { random: { count: 1, "recipe.epochs": { normal: [0, 1] } } },
      'random.recipe.epochs: expected { "uniform": [...] } or',
    ],
    [
      {
        grid: {
          seed: Array.from({ length: 1000 }, (_, seed) => seed),
          limit: Array.from({ length: 101 }, (_, n) => n + 1),
        },
      },
      "grid: expected at most 10000 runs, got 101000",
    ],
  ];

  it.each(cases)("%j", (json, problem) => {
    expect(() => parseStudy({ ...HEAD, ...json })).toThrow(problem);
  });

  it("says which run has no model", () => {
    expect(() => expanded({ grid: { seed: [0] } })).toThrow(
      "base.model: expected a network, such as nin-mnist",
    );
    expect(() => expanded({ runs: [{ model: "nin" }, { seed: 1 }] })).toThrow(
      "runs[1].model: expected a network",
    );
  });
});
