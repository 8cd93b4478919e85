import type { Architecture } from "@nin/spec";
import { sameArchitecture, summarize } from "@nin/spec";
import { useMemo } from "preact/hooks";
import { exactCount, shortCount } from "../diagram/index.js";
import { type Exercise, type ExerciseData, exercisesFor, type Setup } from "./exercises.js";
import "./tour.css";

export interface ExerciseListProps {
  /** The network that is in the playground now, which is marked. */
  readonly architecture: Architecture;
  /** What setups must suit; ten classes of grey images by default. */
  readonly data?: ExerciseData | undefined;
  /** Put this network and recipe into the playground. */
  readonly onSetup: (setup: Setup) => void;
}

/** The tutorial's exercises: each has its networks, and one click puts one into the playground. */
export function ExerciseList({ architecture, data, onSetup }: ExerciseListProps) {
  const { classes = 10, channels = 1 } = data ?? {};
  const exercises = useMemo(() => exercisesFor({ classes, channels }), [classes, channels]);
  return (
    <ol class="exercise-list">
      {exercises.map((exercise) => (
        <li key={exercise.id} class="exercise">
          <h3>{exercise.title}</h3>
          <p>{exercise.question}</p>
          <Setups exercise={exercise} architecture={architecture} onSetup={onSetup} />
          <p class="exercise-hint">{exercise.hint}</p>
        </li>
      ))}
    </ol>
  );
}

function Setups(props: { exercise: Exercise; architecture: Architecture; onSetup: (setup: Setup) => void }) {
  const { exercise, architecture, onSetup } = props;
  return (
    <ul class="exercise-setups">
      {exercise.setups.map((setup) => {
        const { parameters, macs } = summarize(setup.architecture);
        const isCurrent = sameArchitecture(setup.architecture, architecture);
        return (
          <li key={setup.id}>
            <button type="button" aria-pressed={isCurrent} onClick={() => onSetup(setup)}>
              <span class="setup-label">{setup.label}</span>
              <span class="setup-figures">
                {exactCount(parameters)} parameters, {shortCount(macs)} MACs
              </span>
              {setup.note !== undefined && <span class="setup-figures">{setup.note}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
