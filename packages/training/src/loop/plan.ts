import { batchesPerEpoch } from "@nin/data";
import { type Architecture, at, inferLayers, SpecError } from "@nin/spec";
import { progressProblem } from "../record/checkpoint.js";
import { TrainingOptionError } from "./errors.js";
import type { TrainingOptions } from "./options.js";

/** The counts that determine a training. */
export interface TrainingPlan {
  readonly stepsPerEpoch: number;
  /** Steps of all epochs: the length of the schedule. */
  readonly totalSteps: number;
  /** The step after which the training ends. */
  readonly lastStep: number;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  /** Units: milliseconds. */
  readonly readEveryMs: number;
  /** The number of test images used by each evaluation. */
  readonly testImages: number;
  /** Scores of the network: as many as the data have classes, or more. */
  readonly classes: number;
}

/**
 * @param trainingImages - those set aside for validation excluded
 * @throws TrainingOptionError
 * @throws SpecError when the network does not have a score for each class
 */
export function planTraining(options: TrainingOptions, trainingImages: number): TrainingPlan {
  const { architecture, recipe, data, maxSteps, logEvery = 10, checkpointEvery = 200, evalLimit } = options;
  const { readEveryMs = 1000 } = options;
  requireInteger("maxSteps", maxSteps, 1);
  requireInteger("logEvery", logEvery, 1);
  requireInteger("checkpointEvery", checkpointEvery, 1);
  requireInteger("evalLimit", evalLimit, 0);
  requireInteger("readEveryMs", readEveryMs, 0);
  const classes = classesOf(architecture, data.train.classes);
  requireConsistent(options, trainingImages);
  const stepsPerEpoch = batchesPerEpoch(trainingImages, recipe.batchSize);
  const totalSteps = stepsPerEpoch * recipe.epochs;
  return {
    stepsPerEpoch,
    totalSteps,
    lastStep: Math.min(maxSteps ?? totalSteps, totalSteps),
    logEvery,
    checkpointEvery,
    readEveryMs,
    testImages: Math.min(evalLimit ?? data.test.count, data.test.count),
    classes,
  };
}

/** The number of scores of a network that has one for each class of the data; the others are never right. */
function classesOf(architecture: Architecture, dataClasses: number): number {
  const output = at(inferLayers(architecture), -1).outputShape;
  const [classes] = output;
  if (output.length === 1 && classes !== undefined && classes >= dataClasses) return classes;
  throw new SpecError("layers", `an output of shape [${dataClasses}], one score a class`, output);
}

function requireConsistent({ resumeFrom, recipe }: TrainingOptions, trainingImages: number): void {
  if (resumeFrom === undefined) return;
  const { batchSize, epochs } = recipe;
  const problem = progressProblem(resumeFrom, { trainingImages, batchSize, epochs });
  if (problem === undefined) return;
  throw new TrainingOptionError("resumeFrom", "a checkpoint of this training", `another one (${problem})`);
}

export function requireInteger(option: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new TrainingOptionError(option, `an integer of at least ${least}`, `${value}`);
}
