import { lazy, Suspense } from "preact/compat";
import {
  architecture,
  architectureChoice,
  continueRun,
  data,
  device,
  leaveRun,
  recipeChoice,
  run,
  startRun,
  status,
} from "../state/playground.js";
import { highlighted, selectedLayer } from "../state/selection.js";
import { isTourOpen, tourStep } from "../state/tour.js";
import type { Setup } from "../tour/index.js";

const GuidedTour = lazy(async () => ({ default: (await import("../tour/index.js")).GuidedTour }));
const ExerciseList = lazy(async () => ({ default: (await import("../tour/index.js")).ExerciseList }));

/** The tour of the tutorial, next to the network that it speaks of. */
export function TourPanel() {
  if (!isTourOpen.value) return null;
  const network = run.value?.config.architecture ?? architecture.value;
  if (typeof network === "string") return null;
  const now = status.value;
  const phase = now?.phase;
  const isRunning = phase === "training" || phase === "preparing";
  const epoch = run.value?.lines.findLast((line) => line.kind === "epoch");
  const accuracy =
    run.value?.probes.at(-1)?.accuracy ?? (epoch?.kind === "epoch" ? epoch.testAccuracy : undefined);
  const images = data.value;
  const exerciseData = images && { classes: images.classNames.length, channels: images.channels };
  const canTrain =
    !isRunning && phase !== "finished" && data.value !== undefined && device.value !== undefined;
  return (
    <section class="pg-box pg-tour" id="tour" aria-labelledby="pg-tour">
      <h2 id="pg-tour" class="visually-hidden">
        The guided tour
      </h2>
      <button
        type="button"
        class="pg-small pg-close"
        onClick={() => {
          isTourOpen.value = false;
          highlighted.value = [];
        }}
      >
        Close the tour
      </button>
      <Suspense fallback={<p class="pg-hint">Loading the tour</p>}>
        <GuidedTour
          architecture={network}
          onHighlight={(names) => {
            if (names.join() !== highlighted.value.join()) highlighted.value = names;
          }}
          onLook={(name) => {
            selectedLayer.value = name;
          }}
          onSetup={(setup) => void take(setup)}
          {...(canTrain && { onTrain: () => void (run.value === undefined ? startRun() : continueRun()) })}
          {...(now && {
            training: {
              isRunning,
              step: now.step,
              ...(now.loss !== undefined && { loss: now.loss }),
              ...(typeof accuracy === "number" && { testAccuracy: accuracy }),
            },
          })}
          step={tourStep.value}
          onStep={(step) => {
            tourStep.value = step;
          }}
          {...(exerciseData && { data: exerciseData })}
        />
        <details class="pg-exercises">
          <summary>The tutorial’s six exercises, each one click</summary>
          <ExerciseList
            architecture={network}
            {...(exerciseData && { data: exerciseData })}
            onSetup={(setup) => void take(setup)}
          />
        </details>
      </Suspense>
    </section>
  );
}

/** Puts the network and the recipe of an exercise into the playground. */
async function take({ architecture: network, recipe }: Setup): Promise<void> {
  await leaveRun();
  architectureChoice.value = { kind: "own", architecture: network };
  recipeChoice.value = {
    name: recipe.name === "d2l" ? "d2l" : "robust",
    seed: recipe.seed,
    validationFraction: recipe.validation?.fraction ?? 0,
  };
}
