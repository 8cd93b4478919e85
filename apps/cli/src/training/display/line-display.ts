import type { TrainingEvent, TrainingProgress } from "@nin/training";
import { count, duration } from "../../terminal/format.js";
import type { Terminal } from "../../terminal/terminal.js";
import { epochLine, TimeLeft, type TrainingDisplay } from "./display.js";

/** Between two lines about steps. Units: milliseconds. */
const INTERVAL_MS = 10_000;

/** Plain lines, for a file or another program. */
export class LineDisplay implements TrainingDisplay {
  readonly #timeLeft: TimeLeft;
  #epochs = 0;
  #lastStep = 0;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(
    batchSize: number,
    private readonly output: Pick<Terminal, "print" | "note">,
  ) {
    this.#timeLeft = new TimeLeft(batchSize);
  }

  on(event: TrainingEvent): void {
    if (event.kind === "start") {
      this.#epochs = event.epochs;
      this.#lastStep = event.lastStep;
    } else if (event.kind === "progress") {
      this.#progress(event);
    } else if (event.kind === "epoch") {
      this.output.print(epochLine(event, this.#epochs));
    } else if (event.kind === "checkpoint") {
      this.output.print(`Checkpoint saved after step ${event.step}`);
    } else if (event.kind === "warning") {
      this.output.note(`Warning: ${event.detail}`);
    }
  }

  note(line: string): void {
    this.output.print(line);
  }

  close(): void {}

  #progress({ step, epoch, loss, imagesPerSecond }: TrainingProgress): void {
    const left = this.#timeLeft.estimate(imagesPerSecond, this.#lastStep - step);
    if (performance.now() - this.#writtenAt < INTERVAL_MS && step !== this.#lastStep) return;
    this.#writtenAt = performance.now();
    const speed = count(Math.round(imagesPerSecond));
    this.output.print(
      `Step ${step}/${this.#lastStep}, epoch ${epoch}/${this.#epochs}: loss ${loss.toFixed(4)}, ${speed} images/s, ${duration(left)} left`,
    );
  }
}
