import type { TrainingSession } from "@nin/backend";
import { DivergedError } from "./errors.js";
import type { StepMetrics } from "./metrics.js";
import type { TrainingOptions } from "./options.js";
import type { TrainingPlan } from "./plan.js";

/** A step handed to the device, whose loss was not read yet. */
export interface PendingStep {
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  readonly images: number;
  readonly learningRate: number;
}

/** Reads the losses of finished steps, adds them up, measures rates, and reports them. */
export class LossReader {
  readonly #pending: PendingStep[] = [];
  readonly #startedAt = performance.now();
  readonly #elapsedBeforeMs: number;
  /** Sum of the epoch's losses over its images, in step order. */
  #lossSum: number;
  /** The epoch's images so far. */
  #images: number;
  #readAt = performance.now();
  #epochTrained = { images: 0, elapsedMs: 0 };
  #newest: number | undefined;

  constructor(
    private readonly session: TrainingSession,
    private readonly plan: TrainingPlan,
    private readonly options: TrainingOptions,
    private readonly savedStep: () => number | undefined,
  ) {
    const progress = options.resumeFrom?.progress;
    this.#lossSum = progress?.lossSum ?? 0;
    this.#images = progress?.images ?? 0;
    this.#elapsedBeforeMs = progress?.elapsedMs ?? 0;
  }

  get lossSum(): number {
    return this.#lossSum;
  }

  get images(): number {
    return this.#images;
  }

  get newest(): number | undefined {
    return this.#newest;
  }

  /** Of the whole run. */
  get elapsedMs(): number {
    return Math.round(this.#elapsedBeforeMs + performance.now() - this.#startedAt);
  }

  get sinceReadMs(): number {
    return performance.now() - this.#readAt;
  }

  get epochImagesPerSecond(): number {
    return rate(this.#epochTrained.images, this.#epochTrained.elapsedMs);
  }

  /** Leaves what happened since the last read, an evaluation or a checkpoint, out of the rates. */
  startClock(): void {
    this.#readAt = performance.now();
  }

  startEpoch(): void {
    this.#lossSum = 0;
    this.#images = 0;
    this.#epochTrained = { images: 0, elapsedMs: 0 };
    this.startClock();
  }

  expect(step: PendingStep): void {
    this.#pending.push(step);
  }

  /** Throws: `DivergedError` naming the first step whose loss is not finite; those before it are recorded. */
  async read(): Promise<void> {
    if (this.#pending.length === 0) return;
    const { losses } = await this.session.metrics();
    const steps = this.#pending.splice(0);
    const imagesPerSecond = this.#measure(steps);
    const lines: StepMetrics[] = [];
    for (const [index, step] of steps.entries()) {
      const loss = losses[index] ?? Number.NaN;
      if (!Number.isFinite(loss)) {
        await this.#record(lines);
        throw new DivergedError(step.step, `the loss of step ${step.step} is ${loss}`, this.savedStep());
      }
      this.#lossSum += loss * step.images;
      this.#images += step.images;
      this.#newest = loss;
      if (step.step % this.plan.logEvery === 0) lines.push(this.#line(step, loss, imagesPerSecond));
    }
    await this.#record(lines);
    this.#tell(steps.at(-1), imagesPerSecond);
  }

  #measure(steps: readonly PendingStep[]): number {
    const images = steps.reduce((sum, step) => sum + step.images, 0);
    const elapsedMs = this.sinceReadMs;
    this.#readAt = performance.now();
    this.#epochTrained.images += images;
    this.#epochTrained.elapsedMs += elapsedMs;
    return rate(images, elapsedMs);
  }

  #line({ step, epoch, learningRate }: PendingStep, loss: number, imagesPerSecond: number): StepMetrics {
    return { kind: "step", step, epoch, loss, learningRate, imagesPerSecond, elapsedMs: this.elapsedMs };
  }

  async #record(lines: readonly StepMetrics[]): Promise<void> {
    if (lines.length === 0) return;
    for (const line of lines) this.options.onEvent?.(line);
    await this.options.recorder?.appendMetrics(lines);
  }

  #tell(last: PendingStep | undefined, imagesPerSecond: number): void {
    if (last === undefined || this.#newest === undefined) return;
    const { step, epoch, learningRate } = last;
    const trainLoss = this.#lossSum / this.#images;
    const progress = { step, epoch, loss: this.#newest, trainLoss, learningRate, imagesPerSecond };
    this.options.onEvent?.({ kind: "progress", ...progress });
  }
}

/** Units: images a second, to a tenth. */
function rate(images: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : Math.round((images / elapsedMs) * 10_000) / 10;
}
