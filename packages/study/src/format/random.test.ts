import { FieldReader } from "@nin/spec";
import { expect, it } from "vitest";
import { drawSettings, parseRandom } from "./random.js";

const drawn = (json: object) => drawSettings(parseRandom(new FieldReader(json, "random")));

const EVERY_KIND = {
  count: 3,
  seed: 7,
  "recipe.optimizer.learningRate": { logUniform: [1e-4, 1e-1] },
  "recipe.optimizer.weightDecay": { uniform: [0, 0.5] },
  limit: { integer: [100, 200] },
  model: { choice: ["nin-mnist", "nin", "vgg11"] },
};

it("draws the values that the generator fixes", () => {
  const named = drawn(EVERY_KIND).map((draw) => [
    ...[draw["recipe.optimizer.learningRate"], draw["recipe.optimizer.weightDecay"]],
    ...[draw.limit, draw.model],
  ]);
  expect(named).toEqual([
    [0.0006013018271260733, 0.09905124211218208, 130, "nin"],
    [0.00018979223434969673, 0.061858500237576663, 155, "nin"],
    [0.0025967318491663107, 0.1416182288667187, 176, "nin-mnist"],
  ]);
});

it("is the same in any order of the settings, and begins with the same draws when there are more", () => {
  const { count, ...others } = EVERY_KIND;
  const reversed = Object.fromEntries(Object.entries(others).reverse());
  expect(drawn({ count: 5, ...reversed }).slice(0, 3)).toEqual(drawn(EVERY_KIND));
});

it("is another with another seed, and with 0 where none is given", () => {
  const { seed, ...unseeded } = EVERY_KIND;
  expect(drawn({ ...EVERY_KIND, seed: 8 })).not.toEqual(drawn(EVERY_KIND));
  expect(drawn(unseeded)).toEqual(drawn({ ...unseeded, seed: 0 }));
});

it("stays within the bounds, reaches both ends of a range of integers, and each choice", () => {
  const draws = drawn({
    count: 500,
    "recipe.a": { uniform: [-1, 1] },
    "recipe.b": { logUniform: [0.001, 10] },
    "recipe.c": { integer: [-1, 1] },
    "recipe.d": { choice: [null, true] },
  });
  const values = (name: string) => draws.map((draw) => draw[name] as number);
  expect(Math.min(...values("recipe.a"))).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...values("recipe.a"))).toBeLessThan(1);
  const logarithms = values("recipe.b").map(Math.log10);
  expect(Math.min(...logarithms)).toBeGreaterThanOrEqual(-3);
  expect(Math.max(...logarithms)).toBeLessThan(1);
  // Uniform over four powers of ten: about a quarter in each.
  const inFirst = logarithms.filter((value) => value < -2).length;
  expect(inFirst).toBeGreaterThan(90);
  expect(inFirst).toBeLessThan(160);
  expect(new Set(values("recipe.c"))).toEqual(new Set([-1, 0, 1]));
  expect(new Set(values("recipe.d"))).toEqual(new Set([null, true]));
});
