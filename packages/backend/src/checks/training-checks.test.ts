import type { NamedTensors, Optimizer, Shape } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { ParameterError } from "../contract/errors.js";
import { optimizerStateShapes } from "./optimizer-state.js";
import { checkStep, checkTrainingState } from "./training-checks.js";

const shapes = new Map<string, Shape>([
  ["w", [2, 1]],
  ["b", [1]],
]);
const SGD = { kind: "sgd", learningRate: 1, momentum: 0, weightDecay: 0 } as const;
const MOMENTUM = { ...SGD, momentum: 0.5 } as const;
const ADAMW = {
  kind: "adamw",
  learningRate: 1,
  beta1: 0.5,
  beta2: 0.75,
  epsilon: 1,
  weightDecay: 0,
} as const;

const zeros = (of: ReadonlyMap<string, Shape>): NamedTensors =>
  new Map([...of].map(([name, shape]) => [name, { shape, data: new Float32Array(shape[0] ?? 0) }]));
const parameters = zeros(shapes);

describe("a step", () => {
  test.each([0, 7, Number.MAX_SAFE_INTEGER])("%d is taken", (step) => expect(checkStep(step)).toBe(step));
  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%d is refused", (step) => {
    expect(() => checkStep(step)).toThrow(ParameterError);
    expect(() => checkStep(step)).toThrow(`step: expected a whole number of at least 0, got ${step}`);
  });
});

test.each<[string, Optimizer, Readonly<Record<string, Shape>>]>([
  ["plain SGD", SGD, {}],
  ["SGD with momentum", MOMENTUM, { "velocity.w": [2, 1], "velocity.b": [1] }],
  ["AdamW", ADAMW, { "moment1.w": [2, 1], "moment1.b": [1], "moment2.w": [2, 1], "moment2.b": [1] }],
])("the state of %s has the parameters' shapes", (_, optimizer, expected) => {
  expect(Object.fromEntries(optimizerStateShapes(optimizer, shapes))).toEqual(expected);
});

describe("a training state", () => {
  const check = (optimizer: Optimizer, state: NamedTensors, step = 1, own = parameters) =>
    checkTrainingState({ step, parameters: own, optimizer: state }, optimizer, shapes);
  const named = (...names: readonly string[]) => zeros(new Map(names.map((name) => [name, [1]])));

  test.each<[string, Optimizer, NamedTensors]>([
    ["nothing of plain SGD", SGD, new Map()],
    ["nothing of SGD with momentum before its first step", MOMENTUM, new Map()],
    ["velocities", MOMENTUM, zeros(optimizerStateShapes(MOMENTUM, shapes))],
    ["both moments", ADAMW, zeros(optimizerStateShapes(ADAMW, shapes))],
  ])("with %s is taken", (_, optimizer, state) => check(optimizer, state));

  test.each<[string, Optimizer, NamedTensors, string]>([
    ["a velocity without momentum", SGD, named("velocity.b"), "got an unknown name"],
    ["some velocities", MOMENTUM, named("velocity.b"), "velocity.w: expected shape [2, 1], got nothing"],
    ["moments for SGD", MOMENTUM, named("moment1.b"), "parameter moment1.b: expected one of velocity.w"],
    ["no moments", ADAMW, new Map(), "parameter moment1.w: expected shape [2, 1], got nothing"],
    [
      "another shape",
      MOMENTUM,
      named("velocity.w", "velocity.b"),
      "velocity.w: expected shape [2, 1], got [1]",
    ],
  ])("with %s is refused", (_, optimizer, state, message) => {
    expect(() => check(optimizer, state)).toThrow(ParameterError);
    expect(() => check(optimizer, state)).toThrow(message);
  });

  test("of a step that is none, or without a parameter, is refused", () => {
    expect(() => check(SGD, new Map(), -1)).toThrow("parameter step: expected a whole number");
    expect(() => check(SGD, new Map(), 1, new Map())).toThrow("parameter w: expected shape [2, 1]");
  });
});
