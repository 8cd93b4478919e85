import { present } from "@nin/spec";
import type { ConformanceCase } from "../case/case.js";
import { isFailure } from "../report/report.js";
import { type CaseRunOptions, runCase } from "../runner/run-case.js";
import { adamwMutants } from "./adamw.js";
import { augmentationMutants } from "./augmentation.js";
import { batchMutants } from "./batches.js";
import { callMutants } from "./calls.js";
import { convolutionMutants } from "./convolution.js";
import { determinismMutants } from "./determinism.js";
import { dropoutMutants } from "./dropout.js";
import { evaluationMutants } from "./evaluation.js";
import { gradientMutants } from "./gradients.js";
import { labelMutants } from "./labels.js";
import { layerMutants } from "./layers.js";
import { lifecycleMutants } from "./lifecycle.js";
import { lossMutants } from "./loss.js";
import { notFiniteMutants } from "./not-finite.js";
import { parameterMutants } from "./parameters.js";
import { poolingMutants } from "./pooling.js";
import { predictionMutants } from "./predictions.js";
import { preprocessingMutants } from "./preprocessing.js";
import { realizedLayerMutants } from "./realized-layers.js";
import { refusedBatchMutants } from "./refused-batches.js";
import { refusedStateMutants } from "./refused-state.js";
import { sgdMutants } from "./sgd.js";
import { trainingStateMutants } from "./training-state.js";
import type { Mutant } from "./wrapped.js";

export type { Mutant } from "./wrapped.js";

/** Every backend that the suite must catch. */
export const mutants: readonly Mutant[] = [
  ...realizedLayerMutants,
  ...parameterMutants,
  ...convolutionMutants,
  ...poolingMutants,
  ...layerMutants,
  ...predictionMutants,
  ...lossMutants,
  ...notFiniteMutants,
  ...gradientMutants,
  ...sgdMutants,
  ...adamwMutants,
  ...dropoutMutants,
  ...preprocessingMutants,
  ...batchMutants,
  ...augmentationMutants,
  ...labelMutants,
  ...trainingStateMutants,
  ...refusedBatchMutants,
  ...refusedStateMutants,
  ...lifecycleMutants,
  ...callMutants,
  ...evaluationMutants,
  ...determinismMutants,
];

/** The case that caught a mutant, and its failure. */
export interface Catch {
  readonly id: string;
  readonly detail: string;
}

/** The first of these cases that fails on a mutant, quick ones first; undefined where all pass. */
export async function catchingCase(
  mutant: Mutant,
  cases: readonly ConformanceCase[],
  options: CaseRunOptions = {},
): Promise<Catch | undefined> {
  const backend = mutant.create();
  const ordered = [...cases.filter(({ quick }) => quick), ...cases.filter(({ quick }) => !quick)];
  for (const entry of ordered) {
    const result = await runCase(entry, backend, options);
    if (isFailure(result)) return { id: entry.id, detail: present(result.detail, "the detail of a failure") };
  }
  return undefined;
}
