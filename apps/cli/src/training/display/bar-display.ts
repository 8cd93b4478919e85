import type { TrainingEvent, TrainingStarted } from "@nin/training";
import cliProgress from "cli-progress";
import { count, duration, percent } from "../../terminal/format.js";
import { noteText } from "../../terminal/terminal.js";
import { epochLine, TimeLeft, type TrainingDisplay } from "./display.js";

/** A progress bar on stderr, for a person. */
export class BarDisplay implements TrainingDisplay {
  readonly #bars = new cliProgress.MultiBar({
    // A pseudo-terminal may not know its width.
    format: () => barLine(this.#shown, process.stderr.columns || 80),
    hideCursor: true,
    clearOnComplete: true,
    // The library would end the process; the command saves a checkpoint first.
    gracefulExit: false,
    // Lines above the bar may be longer than the terminal is wide; the bar itself is not.
    linewrap: true,
    forceRedraw: true,
  });
  readonly #timeLeft: TimeLeft;
  readonly #close = (): void => this.close();
  #epochs = 0;
  #shown: BarContent = {
    phase: "Training",
    step: 0,
    lastStep: 1,
    imagesPerSecond: "-",
    loss: "-",
    accuracy: "-",
    left: "-",
  };

  constructor(batchSize: number) {
    this.#timeLeft = new TimeLeft(batchSize);
    // A second Ctrl-C ends the process at once: the cursor must not stay hidden. First of what is done then, as a
    // runtime may have its threads waited for.
    process.prependOnceListener("exit", this.#close);
  }

  on(event: TrainingEvent): void {
    if (event.kind === "start") {
      this.#start(event);
    } else if (event.kind === "progress") {
      this.#show({
        phase: this.#epochPhase(event.epoch),
        step: event.step,
        imagesPerSecond: count(Math.round(event.imagesPerSecond)),
        loss: event.loss.toFixed(4),
        left: duration(this.#timeLeft.estimate(event.imagesPerSecond, this.#shown.lastStep - event.step)),
      });
    } else if (event.kind === "evaluation") {
      const doing = event.split === "test" ? "Testing" : "Validating";
      this.#show({ phase: `${doing} ${Math.floor((100 * event.count) / event.totalCount)}%` });
    } else if (event.kind === "epoch") {
      const { epoch, testAccuracy } = event;
      const shown = event.validationAccuracy ?? testAccuracy;
      const accuracy = shown === null ? {} : { accuracy: percent(shown) };
      this.#show({ phase: this.#epochPhase(epoch + 1), ...accuracy });
      this.note(epochLine(event, this.#epochs));
    } else if (event.kind === "warning") {
      this.note(`Warning: ${event.detail}`);
    }
  }

  note(line: string): void {
    this.#bars.log(`${noteText(line)}\n`);
    this.#bars.update();
  }

  close(): void {
    process.off("exit", this.#close);
    this.#bars.stop();
  }

  #start({ step, lastStep, stepsPerEpoch, epochs }: TrainingStarted): void {
    this.#epochs = epochs;
    this.#show({ phase: this.#epochPhase(Math.floor(step / stepsPerEpoch) + 1), step, lastStep });
    this.#bars.create(lastStep, step);
  }

  #epochPhase(epoch: number): string {
    return `Epoch ${Math.min(epoch, this.#epochs)}/${this.#epochs}`;
  }

  #show(changed: Partial<BarContent>): void {
    this.#shown = { ...this.#shown, ...changed };
  }
}

/** The figures of a progress bar. */
export interface BarContent {
  /** `Epoch 2/10`, `Testing 40%`. */
  readonly phase: string;
  readonly step: number;
  readonly lastStep: number;
  readonly imagesPerSecond: string;
  readonly loss: string;
  readonly accuracy: string;
  readonly left: string;
}

/** Cells inside the brackets. */
const LONGEST = 40;
const SHORTEST = 8;

/**
 * `Epoch 1/2 [====    ] 120/469  260 images/s  loss 0.5123  accuracy 83.21%  1m 20s left`, with room
 * for the ^C that a terminal of so many columns writes behind it. As that gets narrower the bar gets
 * shorter; then a word does, then the steps go, then the bar.
 */
export function barLine(content: BarContent, columns: number): string {
  const { phase, step, lastStep, imagesPerSecond, loss, accuracy, left } = content;
  const steps = `${step}/${lastStep}`;
  const speed = `${imagesPerSecond} images/s`;
  const [scores, shortScores] = [`loss ${loss}  accuracy ${accuracy}`, `loss ${loss}  acc ${accuracy}`];
  const width = columns - 3;
  for (const figures of [
    [steps, speed, scores, `${left} left`],
    [steps, speed, shortScores, `${left} left`],
    [speed, shortScores, `${left} left`],
  ]) {
    const text = figures.join("  ");
    const room = width - `${phase} [] ${text}`.length;
    if (room >= SHORTEST) return `${phase} [${cells(content, Math.min(room, LONGEST))}] ${text}`;
  }
  return `${phase} ${steps}  ${speed}  ${shortScores}  ${left} left`.slice(0, width);
}

function cells({ step, lastStep }: BarContent, length: number): string {
  return "=".repeat(Math.floor(length * Math.min(1, step / lastStep))).padEnd(length);
}
