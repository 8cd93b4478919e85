import type { TrainingEvent, TrainingStarted } from "@nin/training";
import cliProgress from "cli-progress";
import { count, duration, percent } from "../format.js";
import { noteText } from "../terminal.js";
import { type BarContent, barLine } from "./bar-line.js";
import type { TrainingDisplay } from "./display.js";
import { epochLine } from "./epoch-line.js";
import { TimeLeft } from "./time-left.js";

/** A progress bar on stderr, for a person. */
export class BarDisplay implements TrainingDisplay {
  readonly #bars = new cliProgress.MultiBar({
    // A pseudo-terminal may not know its width.
    format: () => barLine(this.#shown, process.stderr.columns || 80),
    hideCursor: true,
    clearOnComplete: true,
    // The library would end the process; the command saves a checkpoint first.
    gracefulExit: false,
    // Lines beside the bar may be longer than the terminal is wide; the bar itself is not.
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
      this.#show({ phase: `Testing ${Math.floor((100 * event.count) / event.totalCount)}%` });
    } else if (event.kind === "epoch") {
      const { epoch, testAccuracy } = event;
      const accuracy = testAccuracy === null ? {} : { accuracy: percent(testAccuracy) };
      this.#show({ phase: this.#epochPhase(epoch + 1), ...accuracy });
      this.note(epochLine(event, this.#epochs));
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
