import type { ConformanceCase } from "./case.js";
import { repeatCases } from "./levels/determinism/repeats.js";
import { batchErrors } from "./levels/errors/batches.js";
import { compileErrors } from "./levels/errors/compile.js";
import { parameterErrors } from "./levels/errors/parameters.js";
import { sessionErrors } from "./levels/errors/sessions.js";
import { checkpointCases } from "./levels/files/checkpoints.js";
import { resumedTrainings } from "./levels/files/resumed-training.js";
import { stateCases } from "./levels/files/states.js";
import { weightFiles } from "./levels/files/weights.js";
import { forwardBehaviour } from "./levels/forward/behaviour.js";
import { forwardOfNotFinite } from "./levels/forward/not-finite.js";
import { forwardOfSubjects } from "./levels/forward/subjects.js";
import { forwardOfTies } from "./levels/forward/ties.js";
import { gradientsBehaviour } from "./levels/gradients/behaviour.js";
import { gradientsOfNotFinite } from "./levels/gradients/not-finite.js";
import { gradientsOfScores } from "./levels/gradients/scores.js";
import { gradientsOfSubjects } from "./levels/gradients/subjects.js";
import { gradientsOfTies } from "./levels/gradients/ties.js";
import { disposeCases } from "./levels/lifecycle/dispose.js";
import { manyModelCases } from "./levels/lifecycle/many-models.js";
import { orderCases } from "./levels/lifecycle/order.js";
import { sharedParameterCases } from "./levels/lifecycle/shared-parameters.js";
import { parametersAreCopies } from "./levels/parameters/copies.js";
import { parametersOfPublished } from "./levels/parameters/published.js";
import { parametersOfSubjects } from "./levels/parameters/subjects.js";
import { batchKindCases } from "./levels/preprocessing/batch-kinds.js";
import { channelCases } from "./levels/preprocessing/channels.js";
import { resizeCases } from "./levels/preprocessing/resize.js";
import { trainedBatches } from "./levels/randomness/batches.js";
import { knownAnswers } from "./levels/randomness/known-answers.js";
import { dropoutMasks } from "./levels/randomness/masks.js";
import { initialWeights } from "./levels/randomness/weights.js";
import { shapesOfPublished } from "./levels/shapes/published.js";
import { shapesOfSubjects } from "./levels/shapes/subjects.js";
import { stepBehaviour } from "./levels/step/behaviour.js";
import { stepsOfLayerKinds } from "./levels/step/layer-kinds.js";
import { stepsOfNotFinite } from "./levels/step/not-finite.js";
import { stepsOfOptimizers } from "./levels/step/optimizers.js";
import { divergingTrainings } from "./levels/trajectory/divergence.js";
import { trajectoriesOfEpochs } from "./levels/trajectory/epochs.js";
import { evaluationCases } from "./levels/trajectory/evaluation.js";
import { trajectoriesOfLoop } from "./levels/trajectory/loop.js";

import { levelNames, levelOf } from "./levels.js";
import { withExclusion } from "./mixed/left-out.js";
import {
  forwardOfPyTorch,
  gradientsOfNinBase,
  gradientsOfPyTorch,
  outputsOfNinBase,
  stepOfNinBase,
  stepsOfPyTorch,
  trajectoriesOfPyTorch,
} from "./pytorch/index.js";
import { randomCases } from "./random/cases.js";

/** Every group of cases, level by level. A new group is a file in its level's folder and a line here. */
const groups: readonly (() => readonly ConformanceCase[])[] = [
  shapesOfSubjects,
  shapesOfPublished,
  parametersOfSubjects,
  parametersAreCopies,
  parametersOfPublished,
  forwardOfSubjects,
  forwardOfTies,
  forwardBehaviour,
  forwardOfNotFinite,
  forwardOfPyTorch,
  outputsOfNinBase,
  gradientsOfSubjects,
  gradientsOfTies,
  gradientsBehaviour,
  gradientsOfScores,
  gradientsOfNotFinite,
  gradientsOfPyTorch,
  gradientsOfNinBase,
  randomCases,
  stepsOfOptimizers,
  stepsOfLayerKinds,
  stepBehaviour,
  stepsOfNotFinite,
  stepsOfPyTorch,
  stepOfNinBase,
  trajectoriesOfEpochs,
  trajectoriesOfLoop,
  divergingTrainings,
  evaluationCases,
  trajectoriesOfPyTorch,
  knownAnswers,
  initialWeights,
  dropoutMasks,
  trainedBatches,
  resizeCases,
  channelCases,
  batchKindCases,
  weightFiles,
  checkpointCases,
  resumedTrainings,
  stateCases,
  batchErrors,
  parameterErrors,
  sessionErrors,
  compileErrors,
  disposeCases,
  orderCases,
  manyModelCases,
  sharedParameterCases,
  repeatCases,
];

/** Every case of the suite, level by level. */
export function conformanceCases(): readonly ConformanceCase[] {
  const cases = groups.flatMap((group) => group()).map(withExclusion);
  return levelNames.flatMap((level) => cases.filter(({ id }) => levelOf(id) === level));
}
