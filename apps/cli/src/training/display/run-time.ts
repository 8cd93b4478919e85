import type { Recipe } from "@nin/spec";
import type { TrainingEvent, TrainingProgress, TrainingStarted } from "@nin/training";
import { count, plural } from "../../terminal/format.js";

/** A forward pass, of an image that is evaluated, takes about a third of a training step's time. */
const EVALUATED_IMAGE = 1 / 3;
/** Of shorter runs nobody needs to know. Units: seconds. */
const WORTH_SAYING_S = 20;

/**
 * Says once how long the rest of a training will take: after the second time that speed was measured, as the first
 * includes what a backend does with its first step.
 */
export class RunTime {
  #started: TrainingStarted | undefined;
  #measured = 0;

  constructor(private readonly recipe: Pick<Recipe, "batchSize" | "earlyStopping">) {}

  /** `About 12 minutes to go: ...`, after the event by which it is known. */
  lineAfter(event: TrainingEvent): string | undefined {
    if (event.kind === "start") this.#started = event;
    if (event.kind !== "progress" || this.#started === undefined) return undefined;
    this.#measured += 1;
    return this.#measured === 2 ? this.#line(this.#started, event) : undefined;
  }

  #line(started: TrainingStarted, { step, imagesPerSecond }: TrainingProgress): string | undefined {
    const { lastStep, stepsPerEpoch, evaluatedImages } = started;
    const steps = lastStep - step;
    const evaluations = Math.floor(lastStep / stepsPerEpoch) - Math.floor(step / stepsPerEpoch);
    const { batchSize, earlyStopping } = this.recipe;
    const images = steps * batchSize + evaluations * evaluatedImages * EVALUATED_IMAGE;
    const seconds = images / imagesPerSecond;
    if (!(seconds >= WORTH_SAYING_S && Number.isFinite(seconds))) return undefined;
    const about = earlyStopping === undefined ? "About" : "At most about";
    const speed = `${count(Math.round(imagesPerSecond))} images/s`;
    return `${about} ${roundedTime(seconds)} to go: ${plural(steps, "step")} at ${speed}${evaluations > 0 ? ", and evaluations" : ""}`;
  }
}

/** As exact as an estimate is: `40 seconds`, `12 minutes`, `2.5 hours`, `3 days`. */
export function roundedTime(seconds: number): string {
  const minutes = seconds / 60;
  const hours = minutes / 60;
  if (seconds < 95) return `${10 * Math.round(seconds / 10)} seconds`;
  if (minutes < 90) return `${Math.round(minutes)} minutes`;
  return hours < 36 ? `${Math.round(2 * hours) / 2} hours` : plural(Math.round(hours / 24), "day");
}
