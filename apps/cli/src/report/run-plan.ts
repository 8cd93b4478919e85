import type { RunConfig } from "@nin/training/node";

/** What a run set out to do. */
export interface RunPlan {
  readonly trainingImages: number;
  readonly stepsPerEpoch: number;
  /** Of all epochs. */
  readonly totalSteps: number;
  /** The step that the run was to end with. */
  readonly steps: number;
}

/** `stepsDone` may be more than the run began with the intent to do: it was resumed with other ones. */
export function planOf({ recipe, data, maxSteps }: RunConfig, stepsDone = 0): RunPlan {
  const trainingImages = Math.min(data.train.count, data.limit ?? data.train.count);
  const stepsPerEpoch = Math.ceil(trainingImages / recipe.batchSize);
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const isCut = maxSteps !== null && maxSteps >= stepsDone;
  return {
    trainingImages,
    stepsPerEpoch,
    totalSteps,
    steps: isCut ? Math.min(totalSteps, maxSteps) : totalSteps,
  };
}

/** The name of the data: of a folder, its last part. */
export function dataName({ data }: RunConfig): string {
  return data.source.split(/[/\\]/).findLast((part) => part !== "") ?? data.source;
}
