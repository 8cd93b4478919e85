import { type Architecture, at } from "@nin/spec";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type ExerciseData, exercisesFor, type Setup } from "./exercises.js";
import { networkFacts } from "./network-facts.js";
import { type TourAction, type TourTraining, tourSteps } from "./tour-steps.js";
import "./tour.css";

export interface GuidedTourProps {
  /** The network that is in the playground now. */
  readonly architecture: Architecture;
  /** What setups must suit; ten classes of grey images by default. */
  readonly data?: ExerciseData | undefined;
  /** Layers of it to point at, for `NetworkDiagram`; empty once the tour is closed. */
  readonly onHighlight: (names: readonly string[]) => void;
  /** Choose a layer to look at. */
  readonly onLook: (name: string) => void;
  /** Put this network and recipe into the playground. */
  readonly onSetup: (setup: Setup) => void;
  /** Begin or continue training; undefined while that cannot be done. */
  readonly onTrain?: (() => void) | undefined;
  readonly training?: TourTraining | undefined;
  /** The step that is shown, from 0, where the playground keeps it. */
  readonly step?: number | undefined;
  readonly onStep?: ((step: number) => void) | undefined;
}

const GREY: ExerciseData = { classes: 10, channels: 1 };

/** Five short steps about the network that is in the playground. */
export function GuidedTour(props: GuidedTourProps) {
  const { architecture, data = GREY, onHighlight, onLook, onSetup, onTrain, training, step, onStep } = props;
  const [own, setOwn] = useState(0);
  const facts = useMemo(() => networkFacts(architecture), [architecture]);
  const steps = tourSteps(facts, training);
  const shown = Math.min(step ?? own, steps.length - 1);
  const { title, body, highlighted, actions } = at(steps, shown);
  const names = highlighted.join(" ");
  useEffect(() => onHighlight(names === "" ? [] : names.split(" ")), [names]);
  useEffect(() => () => onHighlight([]), []);
  // Buttons that cannot be used now keep the focus, which disabled ones lose.
  const go = (next: number): void => {
    if (next < 0 || next >= steps.length) return;
    setOwn(next);
    onStep?.(next);
  };
  const canAct = ({ kind }: TourAction): boolean =>
    kind !== "train" || (onTrain !== undefined && training?.isRunning !== true);
  const act = (action: TourAction): void => {
    if (!canAct(action)) return;
    if (action.kind === "look") onLook(action.layer);
    else if (action.kind === "train") onTrain?.();
    else onSetup(setupOf(action.setup, data));
  };
  return (
    <section class="guided-tour" aria-label="Guided tour">
      <ol class="tour-steps">
        {steps.map((each, index) => (
          <li key={each.title}>
            <button
              type="button"
              aria-current={index === shown ? "step" : undefined}
              aria-label={`Step ${index + 1} of ${steps.length}: ${each.title}`}
              onClick={() => go(index)}
            >
              {index + 1}
            </button>
          </li>
        ))}
      </ol>
      <div aria-live="polite" class="tour-text">
        <h3>
          {shown + 1}. {title}
        </h3>
        {body}
      </div>
      <div class="tour-actions">
        {actions.map((action) => (
          <button
            key={action.text}
            type="button"
            class="tour-action"
            aria-disabled={!canAct(action)}
            onClick={() => act(action)}
          >
            {action.text}
          </button>
        ))}
        <span class="tour-moves">
          <button type="button" aria-disabled={shown === 0} onClick={() => go(shown - 1)}>
            Back
          </button>
          <button type="button" aria-disabled={shown === steps.length - 1} onClick={() => go(shown + 1)}>
            Next
          </button>
        </span>
      </div>
    </section>
  );
}

function setupOf(id: string, data: ExerciseData): Setup {
  const setups = exercisesFor(data).flatMap((exercise) => exercise.setups);
  return at(
    setups.filter((setup) => setup.id === id),
    0,
  );
}
