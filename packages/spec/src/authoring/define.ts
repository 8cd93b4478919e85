import { type Architecture, type InputSpec, parseArchitecture } from "../architecture/architecture.js";
import type { Augmentation } from "../recipe/augmentation.js";
import type { Initialization } from "../recipe/initialization.js";
import {
  type AdamW,
  parseRecipe,
  type Recipe,
  type RecipePreprocessing,
  type Sgd,
  type Validation,
} from "../recipe/recipe.js";
import type {
  EarlyStopping,
  MultiStepSchedule,
  PlateauSchedule,
  SmoothSchedule,
} from "../recipe/schedule.js";
import type { LayerDefinition } from "./layers.js";

/** An architecture as an author writes it: fields that have a default may be missing. */
export interface ArchitectureDefinition {
  readonly format?: "nin-architecture";
  readonly version?: 1;
  /** `custom` by default. */
  readonly name?: string;
  readonly input: InputSpec;
  readonly layers: readonly LayerDefinition[];
}

type With<Value, Required extends keyof Value> = Pick<Value, Required> & Partial<Omit<Value, Required>>;

/** Each kind of a union with its warm-up optional. */
type WithoutWarmup<Kind extends { readonly warmupSteps: number }> = Kind extends unknown
  ? Omit<Kind, "warmupSteps"> & Partial<Pick<Kind, "warmupSteps">>
  : never;

/** A recipe as an author writes it: fields that have a default may be missing. */
export interface RecipeDefinition {
  readonly format?: "nin-recipe";
  readonly version?: 1;
  /** `custom` by default. */
  readonly name?: string;
  readonly loss?: "softmaxCrossEntropy";
  /** SGD without momentum or decay, AdamW with beta 0.9 and 0.999, epsilon 1e-8, no decay by default. */
  readonly optimizer: With<Sgd, "kind" | "learningRate"> | With<AdamW, "kind" | "learningRate">;
  /** No warm-up by default. */
  readonly schedule: WithoutWarmup<SmoothSchedule | MultiStepSchedule | PlateauSchedule>;
  readonly preprocessing: RecipePreprocessing;
  /** None by default; neither flips nor crops where one of the two is missing. */
  readonly augmentation?: Partial<Augmentation>;
  /** No validation split by default. */
  readonly validation?: Validation;
  /** Needs a validation split, whose loss it watches by default. */
  readonly earlyStopping?: With<EarlyStopping, "patience">;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly init: With<Initialization, "weight" | "bias">;
}

/**
 * An architecture written in TypeScript: an unknown or missing field does not compile, and everything else is
 * checked as {@link parseArchitecture} checks JSON.
 *
 * @returns the architecture with every default filled in
 * @throws `SpecError` that names the path of the field, what was expected and what was given
 *
 * @example
 * ```ts
 * import { defineArchitecture, dropout, flatten, globalAvgPool2d, maxPool2d, ninBlock } from "@nin/spec";
 *
 * const network = defineArchitecture({
 *   name: "small-nin",
 *   input: { channels: 1, height: 28, width: 28 },
 *   layers: [
 *     ninBlock({ outChannels: 32, kernelSize: 5, padding: 2 }),
 *     maxPool2d({ kernelSize: 3, stride: 2 }),
 *     dropout({ rate: 0.5 }),
 *     ninBlock({ outChannels: 10, kernelSize: 3, padding: 1 }),
 *     globalAvgPool2d(),
 *     flatten(),
 *   ],
 * });
 * ```
 */
export function defineArchitecture(definition: ArchitectureDefinition): Architecture {
  return parseArchitecture({ format: "nin-architecture", version: 1, name: "custom", ...definition });
}

/**
 * A recipe written in TypeScript, checked as {@link parseRecipe} checks JSON.
 *
 * @throws `SpecError` that names the path of the field, what was expected and what was given
 *
 * @example
 * ```ts
 * import { builtinRecipe, defineRecipe } from "@nin/spec";
 *
 * const recipe = defineRecipe({ ...builtinRecipe("robust"), name: "longer", epochs: 10 });
 * ```
 */
export function defineRecipe(definition: RecipeDefinition): Recipe {
  return parseRecipe({
    format: "nin-recipe",
    version: 1,
    name: "custom",
    loss: "softmaxCrossEntropy",
    ...definition,
  });
}
