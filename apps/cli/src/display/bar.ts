import type { TrainingEvent } from "@nin/training";
import cliProgress from "cli-progress";
import { count, duration, percent } from "../format.js";
import type { TrainingDisplay } from "./display.js";
import { epochLine } from "./epoch-line.js";
import { TimeLeft } from "./time-left.js";

const FORMAT =
  "{phase} [{bar}] {value}/{total} | {speed} images/s | loss {loss} | accuracy {accuracy} | {left} left";

/** What the bar says beside the steps. */
interface Shown {
  readonly phase: string;
  readonly speed: string;
  readonly loss: string;
  readonly accuracy: string;
  readonly left: string;
}

/** A progress bar on stderr, for a person. */
export class BarDisplay implements TrainingDisplay {
  readonly #bars = new cliProgress.MultiBar({
    format: FORMAT,
    barCompleteChar: "=",
    barIncompleteChar: " ",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    // The library would end the process; the command saves a checkpoint first.
    gracefulExit: false,
    forceRedraw: true,
  });
  readonly #timeLeft: TimeLeft;
  #bar: cliProgress.SingleBar | undefined;
  #epochs = 0;
  #lastStep = 0;
  #shown: Shown = { phase: "Training", speed: "-", loss: "-", accuracy: "-", left: "-" };

  constructor(batchSize: number) {
    this.#timeLeft = new TimeLeft(batchSize);
  }

  on(event: TrainingEvent): void {
    if (event.kind === "start") {
      this.#epochs = event.epochs;
      this.#lastStep = event.lastStep;
      this.#bar = this.#bars.create(event.lastStep, event.step, this.#shown);
    } else if (event.kind === "progress") {
      this.#show(event.step, {
        phase: `Epoch ${event.epoch}/${this.#epochs}`,
        speed: count(Math.round(event.imagesPerSecond)),
        loss: event.loss.toFixed(4),
        left: duration(this.#timeLeft.estimate(event.imagesPerSecond, this.#lastStep - event.step)),
      });
    } else if (event.kind === "evaluation") {
      this.#show(undefined, { phase: `Testing ${percent(event.images / event.totalImages)}` });
    } else if (event.kind === "epoch") {
      if (event.testAccuracy !== null) this.#show(event.step, { accuracy: percent(event.testAccuracy) });
      this.note(epochLine(event, this.#epochs));
    }
  }

  note(line: string): void {
    this.#bars.log(`${line}\n`);
    this.#bars.update();
  }

  close(): void {
    this.#bars.stop();
  }

  #show(step: number | undefined, changed: Partial<Shown>): void {
    this.#shown = { ...this.#shown, ...changed };
    if (step === undefined) this.#bar?.update(this.#shown);
    else this.#bar?.update(step, this.#shown);
  }
}
