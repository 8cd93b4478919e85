import type { TrainingEvent } from "@nin/training";
import type { RunPhase, RunStatus } from "../contract/protocol.js";
import type { CurrentRun } from "./current-run.js";
import type { Emit } from "./events.js";

type Progress = Omit<RunStatus, "run" | "phase" | "step" | "lastStep" | "learningRate">;

const IDLE: Progress = { epoch: 0, epochs: 0, stepsPerEpoch: 0, imagesPerSecond: 0, elapsedMs: 0 };

/** Reports where a run stands. */
export class Reporter {
  #progress: Progress;

  constructor(
    private readonly run: CurrentRun,
    private readonly emit: Emit,
  ) {
    this.#progress = { ...IDLE, epochs: run.config.recipe.epochs, stepsPerEpoch: run.stepsPerEpoch };
  }

  setPhase(phase: RunPhase): void {
    this.run.phase = phase;
    const { activity: _, ...progress } = this.#progress;
    this.#progress = { ...progress, ...(phase === "preparing" && { activity: "preparing the device" }) };
    this.report();
  }

  report(): void {
    const { id, phase, step, lastStep, config } = this.run;
    const { learningRate } = config.recipe.optimizer;
    this.emit({
      kind: "status",
      status: { ...this.#progress, run: id, phase, step, lastStep, learningRate },
    });
  }

  take(event: TrainingEvent): void {
    const { run } = this;
    switch (event.kind) {
      case "start": {
        const { epochs, stepsPerEpoch } = event;
        run.lastStep = stepsPerEpoch * epochs;
        this.#progress = { ...this.#progress, epochs, stepsPerEpoch };
        this.setPhase("training");
        return;
      }
      case "progress": {
        const { epoch, loss, imagesPerSecond } = event;
        const { activity: _, ...progress } = this.#progress;
        run.step = event.step;
        this.#progress = { ...progress, epoch, loss, imagesPerSecond };
        this.report();
        return;
      }
      case "evaluation": {
        const activity = `evaluating ${event.count} of ${event.totalCount} ${event.split} images`;
        this.#progress = { ...this.#progress, activity };
        this.report();
        return;
      }
      case "step":
        this.#progress = { ...this.#progress, elapsedMs: event.elapsedMs };
        return;
      case "environment": {
        const names = event.differences.map(({ name, before, now }) => `${name} was ${before} and is ${now}`);
        const message = `The run began elsewhere: ${names.join("; ")}. Its last bits may differ.`;
        this.emit({ kind: "note", message });
        return;
      }
      default:
        return;
    }
  }
}
