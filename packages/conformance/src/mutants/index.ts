import { adamwMutants } from "./adamw.js";
import { batchMutants } from "./batches.js";
import { callMutants } from "./calls.js";
import { convolutionMutants } from "./convolution.js";
import { determinismMutants } from "./determinism.js";
import { dropoutMutants } from "./dropout.js";
import { evaluationMutants } from "./evaluation.js";
import { gradientMutants } from "./gradients.js";
import { layerMutants } from "./layers.js";
import { lifecycleMutants } from "./lifecycle.js";
import { lossMutants } from "./loss.js";
import type { Mutant } from "./mutant.js";
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

export type { Mutant } from "./mutant.js";

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
  ...trainingStateMutants,
  ...refusedBatchMutants,
  ...refusedStateMutants,
  ...lifecycleMutants,
  ...callMutants,
  ...evaluationMutants,
  ...determinismMutants,
];
