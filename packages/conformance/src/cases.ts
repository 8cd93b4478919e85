import type { ConformanceCase } from "./case.js";
import { forwardBehaviour } from "./levels/forward/behaviour.js";
import { forwardOfSubjects } from "./levels/forward/subjects.js";
import { forwardOfTies } from "./levels/forward/ties.js";
import { gradientsBehaviour } from "./levels/gradients/behaviour.js";
import { gradientsOfSubjects } from "./levels/gradients/subjects.js";
import { gradientsOfTies } from "./levels/gradients/ties.js";
import { parametersAreCopies } from "./levels/parameters/copies.js";
import { parametersOfPublished } from "./levels/parameters/published.js";
import { parametersOfSubjects } from "./levels/parameters/subjects.js";
import { shapesOfPublished } from "./levels/shapes/published.js";
import { shapesOfSubjects } from "./levels/shapes/subjects.js";
import { stepBehaviour } from "./levels/step/behaviour.js";
import { stepsOfLayerKinds } from "./levels/step/layer-kinds.js";
import { stepsOfOptimizers } from "./levels/step/optimizers.js";

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
  gradientsOfSubjects,
  gradientsOfTies,
  gradientsBehaviour,
  stepsOfOptimizers,
  stepsOfLayerKinds,
  stepBehaviour,
];

/** Every case of the suite, level by level. */
export function conformanceCases(): readonly ConformanceCase[] {
  return groups.flatMap((group) => group());
}
