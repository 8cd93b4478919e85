import { type ConformanceCase, levelNames, levelOf } from "../case/case.js";
import { augmentationCases } from "../levels/augmentation.js";
import { augmentedTrainings } from "../levels/augmented-training.js";
import { batchKindCases } from "../levels/batch-kinds.js";
import { orderCases, sharedParameterCases } from "../levels/call-order.js";
import { checkpointCases, resumedTrainings } from "../levels/checkpoints.js";
import { repeatCases } from "../levels/determinism.js";
import { disposeCases } from "../levels/dispose.js";
import { dropoutMasks } from "../levels/dropout-masks.js";
import { evaluationCases } from "../levels/evaluation.js";
import { forwardBehaviour, forwardOfSubjects } from "../levels/forward.js";
import { gradientsBehaviour, gradientsOfSubjects } from "../levels/gradients.js";
import { gradientsOfScores } from "../levels/loss-of-scores.js";
import { manyModelCases } from "../levels/many-models.js";
import { forwardOfNotFinite, gradientsOfNotFinite, stepsOfNotFinite } from "../levels/not-finite.js";
import { parametersAreCopies, parametersOfPublished, parametersOfSubjects } from "../levels/parameters.js";
import { channelCases, resizeCases } from "../levels/preprocessing.js";
import { initialWeights, knownAnswers } from "../levels/random-weights.js";
import { batchErrors, compileErrors, parameterErrors } from "../levels/refused-calls.js";
import { sessionErrors } from "../levels/refused-training.js";
import { shapesOfPublished, shapesOfSubjects } from "../levels/shapes.js";
import { trainedBatches } from "../levels/shuffled-batches.js";
import { stepBehaviour, stepsOfLayerKinds, stepsOfOptimizers } from "../levels/step.js";
import { forwardOfTies, gradientsOfTies } from "../levels/tie-breaking.js";
import { divergingTrainings, trajectoriesOfLoop } from "../levels/training-loop.js";
import { stateCases } from "../levels/training-state.js";
import { trajectoriesOfEpochs } from "../levels/trajectory.js";
import { weightFiles } from "../levels/weight-files.js";
import { labelCases } from "../levels/wide-labels.js";
import {
  forwardOfPyTorch,
  gradientsOfPyTorch,
  stepsOfPyTorch,
  trajectoriesOfPyTorch,
} from "../pytorch/cases.js";
import { gradientsOfNinBase, outputsOfNinBase, stepOfNinBase } from "../pytorch/nin-base/cases.js";
import { randomCases } from "../random/cases.js";
import { withExclusion } from "./exclusions.js";

/** Every group of cases. A new group is a function in a file of its level and a line here. */
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
  augmentationCases,
  augmentedTrainings,
  labelCases,
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
