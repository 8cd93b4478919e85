import type { RunConfig } from "@nin/training/node";

/** What a run set out to do. */
export interface RunPlan {
  readonly trainingImages: number;
  readonly stepsPerEpoch: number;
  /** Steps of the whole run. */
  readonly steps: number;
}

export function planOf({ recipe, data, maxSteps }: RunConfig): RunPlan {
  const trainingImages = Math.min(data.train.count, data.limit ?? data.train.count);
  const stepsPerEpoch = Math.ceil(trainingImages / recipe.batchSize);
  return {
    trainingImages,
    stepsPerEpoch,
    steps: Math.min(recipe.epochs * stepsPerEpoch, maxSteps ?? Infinity),
  };
}

/** The name of the data: of a folder, its last part. */
export function dataName({ data }: RunConfig): string {
  return data.source.split(/[/\\]/).findLast((part) => part !== "") ?? data.source;
}
