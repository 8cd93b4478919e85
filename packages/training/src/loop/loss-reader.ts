import { RuntimeError, type TrainingSession } from "@nin/backend";
import { at, present } from "@nin/spec";
import type { MetricsLine, StepMetrics, TrainingWarning } from "../record/metrics.js";
import { DivergedError } from "./errors.js";
import type { TrainingOptions } from "./options.js";
import type { TrainingPlan } from "./plan.js";
import type { WarningWatch } from "./warnings.js";

/** A step that was handed to the device and whose loss has not been read yet. */
export interface PendingStep {
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** The number of images in its batch. */
  readonly count: number;
  readonly learningRate: number;
}

/** Reads the losses of finished steps, sums them, measures rates, and reports both. */
export class LossReader {
  readonly #pending: PendingStep[] = [];
  readonly #startedAt = performance.now();
  readonly #elapsedBeforeMs: number;
  /** Sum of the epoch's losses over its images, in step order. */
  #lossSum: number;
  /** The number of the epoch's images so far. */
  #count: number;
  #readAt = performance.now();
  #epochTrained = { count: 0, elapsedMs: 0 };
  #newest: number | undefined;

  constructor(
    private readonly session: TrainingSession,
    private readonly plan: TrainingPlan,
    private readonly options: TrainingOptions,
    private readonly warnings: WarningWatch,
    private readonly savedStep: () => number | undefined,
  ) {
    const progress = options.resumeFrom?.progress;
    this.#lossSum = progress?.lossSum ?? 0;
    this.#count = progress?.count ?? 0;
    this.#elapsedBeforeMs = progress?.elapsedMs ?? 0;
  }

  get lossSum(): number {
    return this.#lossSum;
  }

  get count(): number {
    return this.#count;
  }

  get newest(): number | undefined {
    return this.#newest;
  }

  /** Time that the whole run has taken so far. Units: milliseconds. */
  get elapsedMs(): number {
    return Math.round(this.#elapsedBeforeMs + performance.now() - this.#startedAt);
  }

  get sinceReadMs(): number {
    return performance.now() - this.#readAt;
  }

  get epochImagesPerSecond(): number {
    return rate(this.#epochTrained.count, this.#epochTrained.elapsedMs);
  }

  /** Excludes what happened since the last read (an evaluation, a checkpoint) from the rates. */
  startClock(): void {
    this.#readAt = performance.now();
  }

  startEpoch(): void {
    this.#lossSum = 0;
    this.#count = 0;
    this.#epochTrained = { count: 0, elapsedMs: 0 };
    this.startClock();
  }

  expect(step: PendingStep): void {
    this.#pending.push(step);
  }

  /** @throws DivergedError naming the first step whose loss is not finite; the steps before it are recorded */
  async read(): Promise<void> {
    if (this.#pending.length === 0) return;
    const { losses } = await this.session.metrics();
    const steps = this.#pending.splice(0);
    if (losses.length !== steps.length) {
      const found = `the backend returned ${losses.length} losses for ${steps.length} steps`;
      throw new RuntimeError("training", "reading the losses", found);
    }
    const imagesPerSecond = this.#measure(steps);
    const lines: (StepMetrics | TrainingWarning)[] = [];
    for (const [index, step] of steps.entries()) {
      const loss = at(losses, index);
      if (!Number.isFinite(loss)) {
        await this.record([...lines, ...this.warnings.notFinite(step.step, "the loss")]);
        throw new DivergedError(step.step, `the loss of step ${step.step} is ${loss}`, this.savedStep());
      }
      this.#lossSum += loss * step.count;
      this.#count += step.count;
      this.#newest = loss;
      if (step.step % this.plan.logEvery === 0) lines.push(this.#line(step, loss, imagesPerSecond));
      lines.push(...this.warnings.afterStep(step.step, loss));
    }
    await this.record(lines);
    this.#report(at(steps, -1), imagesPerSecond);
  }

  #measure(steps: readonly PendingStep[]): number {
    const count = steps.reduce((sum, step) => sum + step.count, 0);
    const elapsedMs = this.sinceReadMs;
    this.#readAt = performance.now();
    this.#epochTrained.count += count;
    this.#epochTrained.elapsedMs += elapsedMs;
    return rate(count, elapsedMs);
  }

  #line({ step, epoch, learningRate }: PendingStep, loss: number, imagesPerSecond: number): StepMetrics {
    return { kind: "step", step, epoch, loss, learningRate, imagesPerSecond, elapsedMs: this.elapsedMs };
  }

  /** Reports lines and has them stored. */
  async record(lines: readonly MetricsLine[]): Promise<void> {
    if (lines.length === 0) return;
    for (const line of lines) this.options.onEvent?.(line);
    await this.options.recorder?.appendMetrics(lines);
  }

  #report({ step, epoch, learningRate }: PendingStep, imagesPerSecond: number): void {
    const loss = present(this.#newest, "the newest loss");
    const trainLoss = this.#lossSum / this.#count;
    const progress = { step, epoch, loss, trainLoss, learningRate, imagesPerSecond };
    this.options.onEvent?.({ kind: "progress", ...progress });
  }
}

/** Units: images per second, rounded to a tenth. */
function rate(count: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : Math.round((count / elapsedMs) * 10_000) / 10;
}
