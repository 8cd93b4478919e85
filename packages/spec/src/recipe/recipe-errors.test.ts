import { describe, expect, test } from "vitest";
import { builtinRecipe } from "../builtin/recipes.js";
import { SpecError } from "../reading/errors.js";
import { parseRecipe, perChannel } from "./recipe.js";

const D2L = builtinRecipe("d2l");
const RULES = 'one of "xavierUniform", "heUniform", "uniformFanIn", "zeros"';

function messageOf(change: object): string {
  try {
    parseRecipe({ ...D2L, ...change });
  } catch (error) {
    expect(error).toBeInstanceOf(SpecError);
    return (error as SpecError).message;
  }
  return "(no error)";
}

const optimizer = (fields: object): object => ({ optimizer: { kind: "sgd", learningRate: 0.1, ...fields } });
const adamw = (fields: object): object => optimizer({ kind: "adamw", ...fields });
const validation = { fraction: 0.1 };
const plateau = (fields: object): object => ({
  schedule: { kind: "plateau", factor: 0.1, patience: 3, ...fields },
  validation,
});
const multiStep = (fields: object): object => ({
  schedule: { kind: "multiStep", milestones: [2, 4], gamma: 0.1, ...fields },
});
const stopping = (fields: object): object => ({ earlyStopping: { patience: 3, ...fields }, validation });
const override = (fields: unknown): object => ({ init: { ...D2L.init, overrides: { last: fields } } });

describe("parseRecipe", () => {
  test("fills in every default", () => {
    expect(parseRecipe({ ...D2L, ...optimizer({}) }).optimizer).toEqual({
      kind: "sgd",
      learningRate: 0.1,
      momentum: 0,
      weightDecay: 0,
    });
    expect(parseRecipe({ ...D2L, ...adamw({}) }).optimizer).toEqual({
      kind: "adamw",
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    });
    expect(parseRecipe({ ...D2L, schedule: { kind: "cosine" } }).schedule.warmupSteps).toBe(0);
    expect(parseRecipe({ ...D2L, init: { weight: "heUniform", bias: "zeros" } }).init.overrides).toEqual({});
  });

  test.each<[object, string]>([
    [{ format: "nin-architecture" }, 'format: expected "nin-recipe", got "nin-architecture"'],
    [{ version: 0 }, "version: expected 1, got 0"],
    [{ name: 3 }, "name: expected a non-empty string, got 3"],
    [{ loss: "mse" }, 'loss: expected "softmaxCrossEntropy", got "mse"'],
    [
      { learningRate: 0.1 },
      "learningRate: unknown field; expected one of format, version, name, loss, optimizer, schedule, preprocessing, augmentation, validation, earlyStopping, batchSize, epochs, seed, init",
    ],
    [{ batchSize: 0 }, "batchSize: expected a positive integer, got 0"],
    [{ batchSize: 1.5 }, "batchSize: expected a positive integer, got 1.5"],
    [{ epochs: -1 }, "epochs: expected a positive integer, got -1"],
    [{ seed: -1 }, "seed: expected an integer from 0 to 2^53-1, got -1"],
    [{ seed: 2 ** 53 }, "seed: expected an integer from 0 to 2^53-1, got 9007199254740992"],
    [{ seed: 0.5 }, "seed: expected an integer from 0 to 2^53-1, got 0.5"],
    [
      { optimizer: undefined },
      "optimizer: expected an object, got nothing; other fields there are schedule, preprocessing, batchSize, epochs, seed, init",
    ],
    [
      { optimizer: undefined, optimiser: {} },
      'optimizer: expected an object, got nothing; is "optimiser" a misspelling of it?',
    ],
    [
      { epoch: 3 },
      "epoch: unknown field; expected one of format, version, name, loss, optimizer, schedule, preprocessing, augmentation, validation, earlyStopping, batchSize, epochs, seed, init; did you mean epochs?",
    ],
    [optimizer({ kind: "adam" }), 'optimizer.kind: expected one of "sgd", "adamw", got "adam"'],
    [optimizer({ learningRate: 0 }), "optimizer.learningRate: expected a positive number, got 0"],
    [optimizer({ learningRate: -0.1 }), "optimizer.learningRate: expected a positive number, got -0.1"],
    [optimizer({ learningRate: Number.NaN }), "optimizer.learningRate: expected a positive number, got NaN"],
    [optimizer({ learningRate: 1 / 0 }), "optimizer.learningRate: expected a positive number, got Infinity"],
    [optimizer({ learningRate: "0.1" }), 'optimizer.learningRate: expected a positive number, got "0.1"'],
    [optimizer({ momentum: 1 }), "optimizer.momentum: expected a number in [0, 1), got 1"],
    [optimizer({ weightDecay: -1 }), "optimizer.weightDecay: expected a non-negative number, got -1"],
    [
      optimizer({ beta1: 0.9 }),
      "optimizer.beta1: unknown field; expected one of kind, learningRate, weightDecay, momentum",
    ],
    [
      adamw({ momentum: 0.9 }),
      "optimizer.momentum: unknown field; expected one of kind, learningRate, weightDecay, beta1, beta2, epsilon",
    ],
    [adamw({ beta1: 1 }), "optimizer.beta1: expected a number in [0, 1), got 1"],
    [adamw({ beta2: -0.1 }), "optimizer.beta2: expected a number in [0, 1), got -0.1"],
    [adamw({ epsilon: 0 }), "optimizer.epsilon: expected a positive number, got 0"],
    [
      { schedule: { kind: "step" } },
      'schedule.kind: expected one of "constant", "cosine", "multiStep", "plateau", got "step"',
    ],
    [
      { schedule: { kind: "cosine", warmupSteps: -1 } },
      "schedule.warmupSteps: expected a non-negative integer, got -1",
    ],
    [
      { schedule: { kind: "cosine", warmupSteps: 2 ** 25 } },
      "schedule.warmupSteps: expected a non-negative integer, got 33554432",
    ],
    [
      { schedule: { kind: "constant", gamma: 2 } },
      "schedule.gamma: unknown field; expected one of kind, warmupSteps",
    ],
    [plateau({ factor: 0 }), "schedule.factor: expected a number in (0, 1], got 0"],
    [plateau({ factor: 2 }), "schedule.factor: expected a number in (0, 1], got 2"],
    [plateau({ patience: -1 }), "schedule.patience: expected a non-negative integer, got -1"],
    [
      plateau({ monitor: "testLoss" }),
      'schedule.monitor: expected one of "validationLoss", "validationAccuracy", got "testLoss"',
    ],
    [
      { ...plateau({}), validation: undefined },
      "validation: expected an object with a fraction, which the plateau schedule needs, got nothing",
    ],
    [multiStep({ milestones: [] }), "schedule.milestones: expected at least one epoch, got []"],
    [multiStep({ milestones: 3 }), "schedule.milestones: expected an array, got 3"],
    [multiStep({ milestones: [0] }), "schedule.milestones[0]: expected a positive integer, got 0"],
    [
      multiStep({ milestones: [3, 3] }),
      "schedule.milestones[1]: expected more than the one before it, 3, got 3",
    ],
    [multiStep({ gamma: 1.5 }), "schedule.gamma: expected a number in (0, 1], got 1.5"],
    [
      multiStep({ patience: 1 }),
      "schedule.patience: unknown field; expected one of kind, warmupSteps, milestones, gamma",
    ],
    [
      { augmentation: { horizontalFlip: 1.1 } },
      "augmentation.horizontalFlip: expected a number in [0, 1], got 1.1",
    ],
    [
      { augmentation: { cropPadding: -1 } },
      "augmentation.cropPadding: expected an integer from 0 to 4096, got -1",
    ],
    [
      { augmentation: { cropPadding: 1.5 } },
      "augmentation.cropPadding: expected an integer from 0 to 4096, got 1.5",
    ],
    [
      { augmentation: { verticalFlip: 1 } },
      "augmentation.verticalFlip: unknown field; expected one of horizontalFlip, cropPadding",
    ],
    [{ augmentation: [] }, "augmentation: expected an object, got []"],
    [{ validation: {} }, "validation.fraction: expected a number between 0 and 1, got nothing"],
    [{ validation: { fraction: 0 } }, "validation.fraction: expected a number between 0 and 1, got 0"],
    [{ validation: { fraction: 1 } }, "validation.fraction: expected a number between 0 and 1, got 1"],
    [{ validation: 0.1 }, "validation: expected an object, got 0.1"],
    [stopping({ patience: 0 }), "earlyStopping.patience: expected a positive integer, got 0"],
    [stopping({ minDelta: -1 }), "earlyStopping.minDelta: expected a non-negative number, got -1"],
    [
      stopping({ monitor: "loss" }),
      'earlyStopping.monitor: expected one of "validationLoss", "validationAccuracy", got "loss"',
    ],
    [
      { ...stopping({}), validation: undefined },
      "validation: expected an object with a fraction, which early stopping needs, got nothing",
    ],
    [
      { preprocessing: { mean: 0 } },
      'preprocessing.std: expected a positive number, one per channel, or "data", got nothing',
    ],
    [
      { preprocessing: { mean: 0, std: 0 } },
      'preprocessing.std: expected a positive number, one per channel, or "data", got 0',
    ],
    [
      { preprocessing: { mean: 0, std: [1, -1] } },
      'preprocessing.std: expected a positive number, one per channel, or "data", got [1,-1]',
    ],
    [
      { preprocessing: { mean: [], std: 1 } },
      'preprocessing.mean: expected a number, one per channel, or "data", got []',
    ],
    [
      { preprocessing: { mean: 0, std: 1, scale: 2 } },
      "preprocessing.scale: unknown field; expected one of mean, std",
    ],
    [
      { init: { weight: "zeros", bias: "zeros" } },
      'init.weight: expected one of "xavierUniform", "heUniform", got "zeros"',
    ],
    [{ init: { weight: "heUniform", bias: 1 } }, 'init.bias: expected one of "uniformFanIn", "zeros", got 1'],
    [{ init: { ...D2L.init, overrides: [] } }, "init.overrides: expected an object, got []"],
    [{ init: { ...D2L.init, gain: 1 } }, "init.gain: unknown field; expected one of overrides, weight, bias"],
    [override(3), "init.overrides.last: expected an object, got 3"],
    [override({ weight: 1 }), `init.overrides.last.weight: expected ${RULES}, got 1`],
    [override({ bias: "ones" }), `init.overrides.last.bias: expected ${RULES}, or a number, got "ones"`],
    [override({ bias: 1e39 }), `init.overrides.last.bias: expected ${RULES}, or a number, got 1e+39`],
    [override({ gain: 2 }), "init.overrides.last.gain: unknown field; expected one of weight, bias"],
  ])("%j: %s", (change, message) => {
    expect(messageOf(change)).toBe(message);
  });
});

test("a long value is cut short in the message", () => {
  const message = messageOf({ name: Array.from({ length: 100 }, () => 1) });
  expect(message).toBe(`name: expected a non-empty string, got [${"1,".repeat(10)}...]`);
});

describe("builtinRecipe", () => {
  test("an unknown name is refused with the names there are", () => {
    expect(() => builtinRecipe("fast")).toThrow('recipe: expected one of d2l, robust, got "fast"');
  });

  test("d2l is the design's, field by field", () => {
    expect(D2L).toEqual({
      format: "nin-recipe",
      version: 1,
      name: "d2l",
      loss: "softmaxCrossEntropy",
      optimizer: { kind: "sgd", learningRate: 0.05, momentum: 0, weightDecay: 0 },
      schedule: { kind: "constant", warmupSteps: 0 },
      preprocessing: { mean: 0, std: 1 },
      batchSize: 128,
      epochs: 10,
      seed: 0,
      init: { weight: "xavierUniform", bias: "uniformFanIn", overrides: {} },
    });
  });

  test.each(["d2l", "robust"])("%s survives being saved", (name) => {
    const recipe = builtinRecipe(name);
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  });
});

describe("perChannel", () => {
  test("repeats a number, and takes one per channel", () => {
    expect(perChannel(0.5, 3, "preprocessing.mean")).toEqual([0.5, 0.5, 0.5]);
    expect(perChannel([1, 2], 2, "preprocessing.mean")).toEqual([1, 2]);
  });

  test("refuses another count", () => {
    expect(() => perChannel([1, 2], 3, "preprocessing.mean")).toThrow(
      "preprocessing.mean: expected a number, or 3, one per channel, got [1,2]",
    );
  });
});
