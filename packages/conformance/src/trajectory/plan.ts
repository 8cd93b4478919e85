import type { CompileOptions, LabelledBatch, TrainingBatch, TrainOptions } from "@nin/backend";
import type { Architecture, Parameters } from "@nin/spec";

/** A training run that is done twice: on the backend under test, and on the oracle. */
export interface RunPlan {
  readonly architecture: Architecture;
  readonly compile: Omit<CompileOptions, "device">;
  readonly train: TrainOptions;
  /** What it starts from. */
  readonly parameters: Parameters;
  readonly steps: readonly PlannedStep[];
  /** A batch whose scores are compared after the last step. */
  readonly probe: LabelledBatch;
}

export interface PlannedStep {
  readonly batch: TrainingBatch;
  readonly learningRate: number;
  /** Batches that are evaluated after the step, in one evaluation; none by default. */
  readonly evaluate?: readonly LabelledBatch[];
}
