import { SpecError } from "../reading/errors.js";
import { FieldReader, isPositiveInteger, MAX_INTEGER } from "../reading/field-reader.js";
import { type Initialization, parseInitialization } from "./initialization.js";

/** `g += weightDecay*w; v = momentum*v + g (first v = g); w -= learningRate*v` (PyTorch's SGD). */
export interface Sgd {
  readonly kind: "sgd";
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Adam with decoupled decay, applied first, both moments corrected for bias (PyTorch's AdamW). */
export interface AdamW {
  readonly kind: "adamw";
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export type Optimizer = Sgd | AdamW;

/** How the learning rate moves over a run; see `learningRateAt`. */
export interface Schedule {
  readonly kind: "constant" | "cosine";
  readonly warmupSteps: number;
}

/** `(x - mean) / std` after scaling to [0, 1]; a number, or one per channel. */
export interface Preprocessing {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

/** How a network is trained, valid and with every default filled in. */
export interface Recipe {
  readonly format: "nin-recipe";
  readonly version: 1;
  readonly name: string;
  readonly loss: "softmaxCrossEntropy";
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly init: Initialization;
}

/**
 * Reads a recipe from parsed JSON.
 *
 * @throws `SpecError` naming the field.
 */
export function parseRecipe(json: unknown): Recipe {
  const root = new FieldReader(json, "");
  root.ignore("$schema");
  const recipe: Recipe = {
    format: root.literal("format", "nin-recipe"),
    version: root.literal("version", 1),
    name: root.string("name"),
    loss: root.literal("loss", "softmaxCrossEntropy"),
    optimizer: parseOptimizer(root.object("optimizer")),
    schedule: parseSchedule(root.object("schedule")),
    preprocessing: parsePreprocessing(root.object("preprocessing")),
    batchSize: root.positiveInteger("batchSize"),
    epochs: root.positiveInteger("epochs"),
    seed: root.number(
      "seed",
      "an integer from 0 to 2^53-1",
      (seed) => Number.isSafeInteger(seed) && seed >= 0,
    ),
    init: parseInitialization(root.object("init")),
  };
  root.end();
  return recipe;
}

/**
 * The learning rate of step `t` (from 0) of `totalSteps`, in float64: `base*(t+1)/W` while
 * `t < W`, then `base`, or `base/2 * (1 + cos(pi*(t-W)/(T-W)))`.
 */
export function learningRateAt(recipe: Recipe, t: number, totalSteps: number): number {
  const base = recipe.optimizer.learningRate;
  const { kind, warmupSteps } = recipe.schedule;
  if (t < warmupSteps) return (base * (t + 1)) / warmupSteps;
  if (kind === "constant") return base;
  return (base / 2) * (1 + Math.cos((Math.PI * (t - warmupSteps)) / (totalSteps - warmupSteps)));
}

const notNegative = (value: number): boolean => value >= 0;
const isFraction = (value: number): boolean => value >= 0 && value < 1;

function parseOptimizer(fields: FieldReader): Optimizer {
  const kind = fields.oneOf("kind", ["sgd", "adamw"]);
  const learningRate = fields.number("learningRate", "a positive number", (rate) => rate > 0);
  const weightDecay = fields.number("weightDecay", "a non-negative number", notNegative, 0);
  const fraction = (name: string, fallback: number): number =>
    fields.number(name, "a number in [0, 1)", isFraction, fallback);
  const optimizer: Optimizer =
    kind === "sgd"
      ? { kind, learningRate, momentum: fraction("momentum", 0), weightDecay }
      : {
          kind,
          learningRate,
          beta1: fraction("beta1", 0.9),
          beta2: fraction("beta2", 0.999),
          epsilon: fields.number("epsilon", "a positive number", (epsilon) => epsilon > 0, 1e-8),
          weightDecay,
        };
  fields.end();
  return optimizer;
}

function parseSchedule(fields: FieldReader): Schedule {
  const schedule = {
    kind: fields.oneOf("kind", ["constant", "cosine"]),
    warmupSteps: fields.number(
      "warmupSteps",
      "a non-negative integer",
      (steps) => steps === 0 || isPositiveInteger(steps),
      0,
    ),
  };
  fields.end();
  return schedule;
}

function parsePreprocessing(fields: FieldReader): Preprocessing {
  const preprocessing = {
    mean: numberPerChannel(fields, "mean", "a number, or one per channel", () => true),
    std: numberPerChannel(fields, "std", "a positive number, or one per channel", (std) => std > 0),
  };
  fields.end();
  return preprocessing;
}

function numberPerChannel(
  fields: FieldReader,
  name: string,
  expected: string,
  accepts: (value: number) => boolean,
): number | readonly number[] {
  const value = fields.raw(name);
  const valid = (item: unknown): item is number =>
    typeof item === "number" && Number.isFinite(item) && accepts(item);
  if (valid(value)) return value;
  // Copied, so that holes count as missing.
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_INTEGER &&
    Array.from(value).every(valid)
  )
    return value;
  return fields.fail(name, expected);
}

/**
 * The mean or std of each channel.
 *
 * @throws `SpecError` when there is not one for each.
 */
export function perChannel(
  value: number | readonly number[],
  channels: number,
  path: string,
): readonly number[] {
  if (typeof value === "number") return Array.from({ length: channels }, () => value);
  if (value.length !== channels) {
    throw new SpecError(path, `a number, or ${channels}, one per channel`, value);
  }
  return value;
}
