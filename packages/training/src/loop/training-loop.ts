import type { TrainingSession, TrainingState } from "@nin/backend";
import { epochBatches } from "@nin/data";
import { learningRateAt } from "@nin/spec";
import type { EpochMetrics } from "../record/metrics.js";
import { DivergedError } from "./errors.js";
import { evaluateSession, type TestScores } from "./evaluation.js";
import { LossReader } from "./loss-reader.js";
import type { TrainingOptions, TrainingResult } from "./options.js";
import type { TrainingPlan } from "./plan.js";

/** How often losses are read when nothing else needs them. Units: milliseconds. */
const READ_EVERY_MS = 1000;

/** One call of `trainModel`: the steps, evaluations and checkpoints from where it starts to where it ends. */
export class TrainingLoop {
  readonly #epochs: EpochMetrics[];
  readonly #losses: LossReader;
  /** Steps done. */
  #step: number;
  /** Epochs finished. */
  #epoch: number;
  /** Steps done in the current epoch. */
  #position: number;
  /** The step of the newest checkpoint; `undefined` before the first. */
  #savedStep: number | undefined;
  /** Whether the newest checkpoint is up to date. */
  #saved: boolean;

  constructor(
    private readonly session: TrainingSession,
    private readonly plan: TrainingPlan,
    private readonly options: TrainingOptions,
  ) {
    const { resumeFrom } = options;
    this.#step = resumeFrom?.state.step ?? 0;
    this.#epoch = resumeFrom?.progress.epoch ?? 0;
    this.#position = resumeFrom?.progress.position ?? 0;
    this.#epochs = [...(resumeFrom?.progress.epochs ?? [])];
    this.#savedStep = resumeFrom?.state.step;
    this.#saved = resumeFrom !== undefined;
    this.#losses = new LossReader(session, plan, options, () => this.#savedStep);
  }

  async run(): Promise<TrainingResult> {
    const { stepsPerEpoch, lastStep } = this.plan;
    const { epochs } = this.options.recipe;
    this.options.onEvent?.({ kind: "start", step: this.#step, lastStep, stepsPerEpoch, epochs });
    let ended: TrainingResult["ended"] | undefined = this.#epoch < epochs ? undefined : "epochs";
    while (ended === undefined) {
      if (!(await this.#trainEpoch())) ended = "signal";
      else if (this.#position < stepsPerEpoch) ended = "maxSteps";
      else ended = await this.#finishEpoch();
    }
    await this.#save();
    // Without a recorder nothing was saved, and so nothing was checked.
    if (this.options.recorder === undefined) requireFinite(await this.session.readState(), this.#savedStep);
    return {
      step: this.#step,
      ended,
      interrupted: ended === "signal",
      epochs: this.#epochs,
      ...(this.#losses.newest === undefined ? {} : { loss: this.#losses.newest }),
      elapsedMs: this.#losses.elapsedMs,
    };
  }

  /** Does the remaining steps of the epoch, up to the end of the run; false when it was interrupted. */
  async #trainEpoch(): Promise<boolean> {
    const { recipe, data, signal } = this.options;
    const { batchSize, seed } = recipe;
    const batches = { count: data.train.count, batchSize, seed, epoch: this.#epoch, from: this.#position };
    this.#losses.startClock();
    for (const indices of epochBatches(batches)) {
      if (this.#step >= this.plan.lastStep) break;
      if (signal?.aborted === true) {
        await this.#losses.read();
        return false;
      }
      const learningRate = Math.fround(learningRateAt(recipe, this.#step, this.plan.totalSteps));
      await this.session.step({ indices }, { learningRate });
      this.#step += 1;
      this.#position += 1;
      this.#saved = false;
      this.#losses.expect({ step: this.#step, epoch: this.#epoch + 1, count: indices.length, learningRate });
      await this.#afterStep();
    }
    await this.#losses.read();
    return true;
  }

  async #afterStep(): Promise<void> {
    const { checkpointEvery, lastStep, stepsPerEpoch } = this.plan;
    // The checkpoint of an epoch's last step is saved after its evaluation.
    const isLast = this.#position === stepsPerEpoch || this.#step === lastStep;
    if (this.#step % checkpointEvery === 0 && !isLast) {
      await this.#losses.read();
      await this.#save();
      this.#losses.startClock();
    } else if (this.#losses.sinceReadMs >= READ_EVERY_MS) {
      await this.#losses.read();
    }
  }

  /**
   * Evaluates and records an epoch whose steps are done.
   *
   * @returns why the run ends with it, if it does
   */
  async #finishEpoch(): Promise<TrainingResult["ended"] | undefined> {
    const { data, recipe, signal, onEvent, stopAfter } = this.options;
    const scores = await evaluateSession(this.session, data.test, {
      count: this.plan.testImages,
      batchSize: recipe.batchSize,
      signal,
      onEvent,
    });
    if (scores === "interrupted") return "signal";
    const metrics = this.#epochMetrics(scores);
    if (metrics.testLoss !== null && !Number.isFinite(metrics.testLoss)) {
      const what = `the test loss after step ${this.#step} is ${metrics.testLoss}`;
      throw new DivergedError(this.#step, what, this.#savedStep);
    }
    this.#epochs.push(metrics);
    this.#epoch += 1;
    this.#position = 0;
    this.#saved = false;
    this.#losses.startEpoch();
    this.options.onEvent?.(metrics);
    await this.options.recorder?.appendMetrics([metrics]);
    await this.#save();
    if (this.#epoch === recipe.epochs) return "epochs";
    if (this.#step >= this.plan.lastStep) return "maxSteps";
    return stopAfter?.(metrics) === true ? "stopAfter" : undefined;
  }

  #epochMetrics(scores: TestScores): EpochMetrics {
    return {
      kind: "epoch",
      epoch: this.#epoch + 1,
      step: this.#step,
      trainLoss: this.#losses.lossSum / this.#losses.count,
      ...scores,
      imagesPerSecond: this.#losses.epochImagesPerSecond,
      elapsedMs: this.#losses.elapsedMs,
    };
  }

  async #save(): Promise<void> {
    const { recorder, onEvent } = this.options;
    if (this.#saved || recorder === undefined) return;
    const state = await this.session.readState();
    requireFinite(state, this.#savedStep);
    const progress = {
      epoch: this.#epoch,
      position: this.#position,
      lossSum: this.#losses.lossSum,
      count: this.#losses.count,
      elapsedMs: this.#losses.elapsedMs,
      epochs: [...this.#epochs],
    };
    const { environment } = this.options;
    await recorder.saveCheckpoint({ state, progress, ...(environment === undefined ? {} : { environment }) });
    this.#saved = true;
    this.#savedStep = this.#step;
    onEvent?.({ kind: "checkpoint", step: this.#step });
  }
}

/** @throws DivergedError when a parameter or the optimizer's state contains NaN or infinity */
function requireFinite(state: TrainingState, lastCheckpoint: number | undefined): void {
  for (const [name, { data }] of [...state.parameters, ...state.optimizer]) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const what = `${name} after step ${state.step} contains ${data[wrong]}`;
      throw new DivergedError(state.step, what, lastCheckpoint);
    }
  }
}
