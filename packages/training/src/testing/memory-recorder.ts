import type { TrainingRecorder } from "../loop/options.js";
import type { Checkpoint } from "../record/checkpoint.js";
import type { MetricsLine } from "../record/metrics.js";

/** Keeps what a training records. */
export class MemoryRecorder implements TrainingRecorder {
  readonly lines: MetricsLine[] = [];
  readonly checkpoints: Checkpoint[] = [];

  async appendMetrics(lines: readonly MetricsLine[]): Promise<void> {
    this.lines.push(...lines);
  }

  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.checkpoints.push(checkpoint);
  }

  /** The lines up to a checkpoint, as a resumed run finds them. */
  linesUpTo({ state, progress }: Checkpoint): readonly MetricsLine[] {
    return this.lines.filter((line) =>
      line.kind === "epoch" ? line.epoch <= progress.epoch : line.step <= state.step,
    );
  }
}

/** Lines without what differs from run to run: times and rates. */
export function withoutTimes(lines: readonly MetricsLine[]): readonly object[] {
  return lines.map((line) => ({ ...line, imagesPerSecond: 0, elapsedMs: 0 }));
}
