import { at } from "@nin/spec";
import { expect, test } from "vitest";
import { FixtureError } from "../case/failure.js";
import { parsePyTorchFixture } from "./fixture.js";
import { committedText } from "./testing/fixtures.js";

type Json = Record<string, unknown>;

/** A committed fixture with the value at a path replaced, or removed where it is undefined. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const fixture: Json = JSON.parse(committedText("pytorch/ceil-pools.json"));
  let nested: Json = fixture;
  for (const key of path.slice(0, -1)) nested = nested[key] as Json;
  const last = at(path, -1);
  if (value === undefined) delete nested[last];
  else nested[last] = value;
  return fixture;
}

test("a committed fixture is read", () => {
  const { architecture, runs } = parsePyTorchFixture(changed(["about"], "PyTorch"));
  expect(architecture.name).toBe("ceil-pools");
  expect(runs.map(({ id }) => id)).toEqual(["sgd-1", "sgd-2", "adamw-1", "adamw-2", "sgd-momentum"]);
});

test.for<[string, (string | number)[], unknown, string]>([
  ["another format", ["format"], "nin-recipe", 'format: expected "nin-pytorch-fixture", got "nin-recipe"'],
  ["a missing field", ["loss"], undefined, "loss: expected a finite number, got nothing"],
  ["a wrong type", ["activations", "net.0"], 3, "activations.net.0: expected an object, got 3"],
  [
    "too few numbers",
    ["activations", "net.7", "data"],
    [1],
    "activations.net.7.data: expected 8 numbers, got [1]",
  ],
  [
    "no projections",
    ["activations", "net.0", "projections"],
    [],
    "activations.net.0.projections: expected at least one number, got []",
  ],
  [
    "a norm below 0",
    ["activations", "net.0", "l2"],
    -1,
    "activations.net.0.l2: expected a number of at least 0, got -1",
  ],
  [
    "fewer losses than steps",
    ["runs", 1, "losses"],
    [1],
    "runs[1].losses: expected 2 numbers, one a step, got [1]",
  ],
  [
    "fewer spreads than steps",
    ["runs", 1, "spread", "losses"],
    [1],
    "runs[1].spread.losses: expected 2 numbers, one a step, got [1]",
  ],
  ["an empty batch", ["data", "batch"], 0, "data.batch: expected a whole number of at least 1, got 0"],
  [
    "unknown values",
    ["data", "values"],
    "normal",
    'data.values: expected "uniform" or "integers", got "normal"',
  ],
])("%s is refused with its path", ([, path, value, message]) => {
  expect(() => parsePyTorchFixture(changed(path, value))).toThrow(FixtureError);
  expect(() => parsePyTorchFixture(changed(path, value))).toThrow(message);
});

test("what the spec refuses is reported with the path in the fixture", () => {
  const architecture = changed(["architecture", "layers", 0, "kernelSize"], -1);
  expect(() => parsePyTorchFixture(architecture)).toThrow(
    /^architecture: .*layers\[0\]\.kernelSize: expected/,
  );
  const recipe = changed(["runs", 0, "recipe", "seed"], -1);
  expect(() => parsePyTorchFixture(recipe)).toThrow(/^runs\[0\]\.recipe: .*seed: expected/);
  const init = changed(["data", "init", "weight"], "zeros");
  expect(() => parsePyTorchFixture(init)).toThrow(/^data\.init: .*init\.weight: expected/);
});
