import { SpecError } from "../reading/errors.js";
import { FieldReader, MAX_INTEGER } from "../reading/field-reader.js";
import { type Augmentation, parseAugmentation } from "./augmentation.js";
import { type Initialization, parseInitialization } from "./initialization.js";
import { type EarlyStopping, parseEarlyStopping, parseSchedule, type Schedule } from "./schedule.js";

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

/** `(x - mean) / std` after scaling to [0, 1]; a number, or one per channel. */
export interface Preprocessing {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

/** Preprocessing in which `"data"` stands for the statistics of the training images. */
export interface RecipePreprocessing {
  readonly mean: Preprocessing["mean"] | "data";
  readonly std: Preprocessing["std"] | "data";
}

/** Training images that are set aside to choose by: for early stopping, the plateau schedule, the best checkpoint. */
export interface Validation {
  /** Of the training images; more than 0, less than 1. */
  readonly fraction: number;
}

/** How a network is trained, valid and with every default filled in. */
export interface Recipe {
  readonly format: "nin-recipe";
  readonly version: 1;
  readonly name: string;
  readonly loss: "softmaxCrossEntropy";
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly preprocessing: RecipePreprocessing;
  readonly augmentation?: Augmentation;
  readonly validation?: Validation;
  readonly earlyStopping?: EarlyStopping;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly init: Initialization;
}

/** A recipe whose preprocessing is numbers: what models are compiled with and runs record. */
export interface ResolvedRecipe extends Recipe {
  readonly preprocessing: Preprocessing;
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
    ...root.optional("augmentation", () => parseAugmentation(root.object("augmentation"))),
    ...root.optional("validation", () => parseValidation(root.object("validation"))),
    ...root.optional("earlyStopping", () => parseEarlyStopping(root.object("earlyStopping"))),
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
  requireValidation(recipe);
  return recipe;
}

/**
 * Whether a recipe's preprocessing is numbers.
 *
 * @param path - where it stands, for messages
 * @throws `SpecError` unless it is: `"data"` is resolved with the training images, by `resolveRecipe` of `@nin/data`.
 */
export function resolvedPreprocessing(
  { mean, std }: RecipePreprocessing,
  path = "preprocessing",
): Preprocessing {
  if (mean === "data")
    throw new SpecError(`${path}.mean`, "numbers: statistics of the training images", mean);
  if (std === "data") throw new SpecError(`${path}.std`, "numbers: statistics of the training images", std);
  return { mean, std };
}

/**
 * The learning rate of step `t` (from 0) of `totalSteps`, in float64: `base*(t+1)/W` while `t < W`, then, by the
 * schedule's kind,
 * - `constant`: `base`
 * - `cosine`: `base/2 * (1 + cos(pi*(t-W)/(T-W)))`
 * - `multiStep`: `base` times `gamma` for each milestone that the step's epoch has reached
 * - `plateau`: `base` times `factor` for each of `reductions`
 *
 * @param reductions - how often a plateau has reduced the rate before this step
 */
export function learningRateAt(recipe: Recipe, t: number, totalSteps: number, reductions = 0): number {
  const base = recipe.optimizer.learningRate;
  const { schedule } = recipe;
  const { warmupSteps } = schedule;
  if (t < warmupSteps) return (base * (t + 1)) / warmupSteps;
  switch (schedule.kind) {
    case "constant":
      return base;
    case "cosine":
      return (base / 2) * (1 + Math.cos((Math.PI * (t - warmupSteps)) / (totalSteps - warmupSteps)));
    case "multiStep": {
      const epoch = Math.floor(t / (totalSteps / recipe.epochs));
      const reached = schedule.milestones.filter((milestone) => epoch >= milestone).length;
      return multiplied(base, schedule.gamma, reached);
    }
    case "plateau":
      return multiplied(base, schedule.factor, reductions);
  }
}

/** One product after another: the power function may differ in its last bit between JavaScript engines. */
function multiplied(base: number, factor: number, times: number): number {
  let product = base;
  for (let time = 0; time < times; time += 1) product *= factor;
  return product;
}

/** @throws `SpecError` when something watches a validation split that is not made: it is never the test set */
function requireValidation({ schedule, earlyStopping, validation }: Recipe): void {
  if (validation !== undefined) return;
  const watching = schedule.kind === "plateau" ? "the plateau schedule" : earlyStopping && "early stopping";
  if (watching === undefined) return;
  throw new SpecError("validation", `an object with a fraction, which ${watching} needs`, undefined);
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

function parseValidation(fields: FieldReader): Validation {
  const accepts = (fraction: number): boolean => fraction > 0 && fraction < 1;
  const validation = { fraction: fields.number("fraction", "a number between 0 and 1", accepts) };
  fields.end();
  return validation;
}

/** Reads mean and std. */
export function parsePreprocessing(fields: FieldReader): RecipePreprocessing {
  const preprocessing = {
    mean: numberPerChannel(fields, "mean", 'a number, one per channel, or "data"', () => true),
    std: numberPerChannel(fields, "std", 'a positive number, one per channel, or "data"', (std) => std > 0),
  };
  fields.end();
  return preprocessing;
}

function numberPerChannel(
  fields: FieldReader,
  name: string,
  expected: string,
  accepts: (value: number) => boolean,
): number | readonly number[] | "data" {
  const value = fields.raw(name);
  if (value === "data") return value;
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
