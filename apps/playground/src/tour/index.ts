export { ExerciseList, type ExerciseListProps } from "./exercise-list.js";
export { type Exercise, type ExerciseData, exercisesFor, type Setup } from "./exercises.js";
export { GuidedTour, type GuidedTourProps } from "./guided-tour.js";
export type { TourTraining } from "./tour-steps.js";
