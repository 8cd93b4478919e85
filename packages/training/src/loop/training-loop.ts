import type { Evaluation, TrainingSession, TrainingState } from "@nin/backend";
import type { ImageSource } from "@nin/data";
import { firstNotFinite, learningRateAt } from "@nin/spec";
import type { Progress, SelectionState } from "../record/checkpoint.js";
import type { EpochMetrics } from "../record/metrics.js";
import { sourcedBatches } from "./batch-source.js";
import { DivergedError } from "./errors.js";
import { evaluateSession } from "./evaluation.js";
import type { EvaluationProgress } from "./events.js";
import { LossReader } from "./loss-reader.js";
import type { TrainingOptions, TrainingResult } from "./options.js";
import type { TrainingPlan } from "./plan.js";
import { isStoppedEarly, selectionAfter } from "./selection.js";
import { type NamedPart, WarningWatch } from "./warnings.js";

/** With more classes a confusion matrix is too large for a line of metrics. */
const MAX_CONFUSION_CLASSES = 100;

/** The data of a training, split. */
export interface LoopData {
  /** What the session trains on: in its memory where these images are in memory. */
  readonly train: ImageSource;
  readonly validation?: ImageSource;
  readonly test: ImageSource;
}

/** The sums of an epoch's evaluations; undefined where nothing was evaluated. */
type Evaluations = Readonly<Record<EvaluationProgress["split"], Evaluation | undefined>>;

/** One call of `trainModel`: the steps, evaluations and checkpoints from where it starts to where it ends. */
export class TrainingLoop {
  readonly #epochs: EpochMetrics[];
  readonly #losses: LossReader;
  readonly #warnings: WarningWatch;
  #selection: SelectionState | undefined;
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
    private readonly data: LoopData,
    private readonly options: TrainingOptions,
  ) {
    const { resumeFrom, recipe } = options;
    this.#step = resumeFrom?.state.step ?? 0;
    this.#epoch = resumeFrom?.progress.epoch ?? 0;
    this.#position = resumeFrom?.progress.position ?? 0;
    this.#epochs = [...(resumeFrom?.progress.epochs ?? [])];
    this.#selection = resumeFrom?.progress.selection;
    this.#savedStep = resumeFrom?.state.step;
    this.#saved = resumeFrom !== undefined;
    const { classes, totalSteps } = plan;
    const { classNames } = data.train;
    const watched = { recipe, classes, classNames, totalSteps };
    this.#warnings = new WarningWatch(watched, resumeFrom?.progress.warnings);
    this.#losses = new LossReader(session, plan, options, this.#warnings, () => this.#savedStep);
  }

  async run(): Promise<TrainingResult> {
    const { stepsPerEpoch, lastStep, testImages } = this.plan;
    const { recipe, resumeFrom, recorder, onEvent } = this.options;
    const { epochs } = recipe;
    const evaluatedImages =
      testImages + (this.data.validation === undefined ? 0 : this.data.validation.count);
    onEvent?.({ kind: "start", step: this.#step, lastStep, stepsPerEpoch, epochs, evaluatedImages });
    if (resumeFrom === undefined) await this.#losses.record(this.#warnings.atStart(this.#parts()));
    // A run that is killed before its first checkpoint could not start from them again.
    if (resumeFrom === undefined && this.options.initialParameters !== undefined) await this.#save();
    let ended: TrainingResult["ended"] | undefined = this.#epoch < epochs ? undefined : "epochs";
    if (this.#position === 0 && isStoppedEarly(recipe, this.#selection)) ended = "earlyStopping";
    while (ended === undefined) {
      if (!(await this.#trainEpoch())) ended = "signal";
      else if (this.#position < stepsPerEpoch) ended = "maxSteps";
      else ended = await this.#finishEpoch();
    }
    await this.#save();
    // Without a recorder nothing was saved, and so nothing was checked.
    if (recorder === undefined) await this.#finiteState();
    return {
      step: this.#step,
      ended,
      interrupted: ended === "signal",
      epochs: this.#epochs,
      ...(this.#selection && { best: this.#selection.best }),
      ...(this.#losses.newest === undefined ? {} : { loss: this.#losses.newest }),
      elapsedMs: this.#losses.elapsedMs,
    };
  }

  #parts(): readonly NamedPart[] {
    const { train, validation, test } = this.data;
    return [
      { name: "training", data: train, count: train.count },
      ...(validation === undefined
        ? []
        : [{ name: "validation", data: validation, count: validation.count }]),
      // A limit on how many are evaluated was somebody's choice.
      { name: "test", data: test, count: this.plan.testImages === 0 ? 0 : test.count },
    ];
  }

  /** Does the remaining steps of the epoch, up to the end of the run; false when it was interrupted. */
  async #trainEpoch(): Promise<boolean> {
    const { recipe, signal } = this.options;
    const epoch = this.#epoch;
    this.#losses.startClock();
    for await (const { batch, count } of sourcedBatches(this.data.train, recipe, epoch, this.#position)) {
      if (this.#step >= this.plan.lastStep) break;
      if (signal?.aborted === true) {
        await this.#losses.read();
        return false;
      }
      const learningRate = this.#learningRate(this.#step);
      await this.session.step(batch, { learningRate, epoch });
      this.#step += 1;
      this.#position += 1;
      this.#saved = false;
      this.#losses.expect({ step: this.#step, epoch: epoch + 1, count, learningRate });
      await this.#afterStep();
    }
    await this.#losses.read();
    return true;
  }

  /** Of a step, from 0. */
  #learningRate(step: number): number {
    const reductions = this.#selection?.plateau?.reductions;
    return Math.fround(learningRateAt(this.options.recipe, step, this.plan.totalSteps, reductions));
  }

  async #afterStep(): Promise<void> {
    const { checkpointEvery, lastStep, stepsPerEpoch } = this.plan;
    // The checkpoint of an epoch's last step is saved after its evaluation.
    const isLast = this.#position === stepsPerEpoch || this.#step === lastStep;
    if (this.#step % checkpointEvery === 0 && !isLast) {
      await this.#losses.read();
      await this.#save();
      this.#losses.startClock();
    } else if (this.#losses.sinceReadMs >= this.plan.readEveryMs) {
      await this.#losses.read();
    }
  }

  /**
   * Evaluates and records an epoch whose steps are done.
   *
   * @returns why the run ends with it, if it does
   */
  async #finishEpoch(): Promise<TrainingResult["ended"] | undefined> {
    const { recipe, stopAfter } = this.options;
    const evaluations = await this.#evaluate();
    if (evaluations === "interrupted") return "signal";
    const metrics = this.#epochMetrics(evaluations);
    await this.#requireFiniteLosses(metrics);
    this.#epochs.push(metrics);
    if (evaluations.validation !== undefined) {
      this.#selection = selectionAfter(this.#selection, recipe, metrics);
    }
    const warned = evaluations.validation === undefined ? "test" : "validation";
    const sums = evaluations[warned];
    const warnings = sums === undefined ? [] : this.#warnings.afterEvaluation(this.#step, warned, sums);
    this.#epoch += 1;
    this.#position = 0;
    this.#saved = false;
    this.#losses.startEpoch();
    await this.#losses.record([metrics, ...warnings]);
    await this.#save();
    if (this.#epoch === recipe.epochs) return "epochs";
    if (isStoppedEarly(recipe, this.#selection)) return "earlyStopping";
    if (this.#step >= this.plan.lastStep) return "maxSteps";
    return stopAfter?.(metrics) === true ? "stopAfter" : undefined;
  }

  async #evaluate(): Promise<Evaluations | "interrupted"> {
    const { recipe, signal, onEvent } = this.options;
    const { validation, test } = this.data;
    const evaluate = async (split: EvaluationProgress["split"], data: ImageSource, count: number) => {
      const { batchSize } = recipe;
      return count === 0
        ? undefined
        : evaluateSession(this.session, data, { split, count, batchSize, signal, onEvent });
    };
    const validated = validation && (await evaluate("validation", validation, validation.count));
    if (validated === "interrupted") return "interrupted";
    const tested = await evaluate("test", test, this.plan.testImages);
    return tested === "interrupted" ? "interrupted" : { validation: validated, test: tested };
  }

  #epochMetrics({ validation, test }: Evaluations): EpochMetrics {
    return {
      kind: "epoch",
      epoch: this.#epoch + 1,
      step: this.#step,
      trainLoss: this.#losses.lossSum / this.#losses.count,
      testLoss: test === undefined ? null : test.lossSum / test.count,
      testAccuracy: test === undefined ? null : test.correct / test.count,
      testImages: test === undefined ? 0 : test.count,
      confusion: test === undefined ? null : confusionRows(test, this.plan.classes),
      validationLoss: validation === undefined ? null : validation.lossSum / validation.count,
      validationAccuracy: validation === undefined ? null : validation.correct / validation.count,
      learningRate: this.#learningRate(this.#step - 1),
      imagesPerSecond: this.#losses.epochImagesPerSecond,
      elapsedMs: this.#losses.elapsedMs,
    };
  }

  async #requireFiniteLosses({ testLoss, validationLoss }: EpochMetrics): Promise<void> {
    for (const [name, loss] of [
      ["validation", validationLoss],
      ["test", testLoss],
    ] as const) {
      if (loss === null || loss === undefined || Number.isFinite(loss)) continue;
      await this.#losses.record(this.#warnings.notFinite(this.#step, `the ${name} loss`));
      const what = `the ${name} loss after step ${this.#step} is ${loss}`;
      throw new DivergedError(this.#step, what, this.#savedStep);
    }
  }

  /** @throws DivergedError when a parameter or the optimizer's state contains NaN or infinity */
  async #finiteState(): Promise<TrainingState> {
    const state = await this.session.readState();
    const wrong = notFiniteIn(state);
    if (wrong === undefined) return state;
    await this.#losses.record(this.#warnings.notFinite(state.step, `a value of ${wrong.name}`));
    const what = `${wrong.name} after step ${state.step} contains ${wrong.value}`;
    throw new DivergedError(state.step, what, this.#savedStep);
  }

  async #save(): Promise<void> {
    const { recorder, onEvent } = this.options;
    if (this.#saved || recorder === undefined) return;
    const state = await this.#finiteState();
    const progress: Progress = {
      epoch: this.#epoch,
      position: this.#position,
      lossSum: this.#losses.lossSum,
      count: this.#losses.count,
      elapsedMs: this.#losses.elapsedMs,
      epochs: [...this.#epochs],
      ...(this.#selection && { selection: this.#selection }),
      warnings: this.#warnings.counters,
    };
    const { environment } = this.options;
    await recorder.saveCheckpoint({ state, progress, ...(environment === undefined ? {} : { environment }) });
    this.#saved = true;
    this.#savedStep = this.#step;
    onEvent?.({ kind: "checkpoint", step: this.#step });
  }
}

function confusionRows({ confusion }: Evaluation, classes: number): EpochMetrics["confusion"] {
  if (classes > MAX_CONFUSION_CLASSES) return null;
  return Array.from({ length: classes }, (_, label) =>
    confusion.slice(label * classes, (label + 1) * classes),
  );
}

/** The first value of parameters and optimizer state that is not finite. */
function notFiniteIn(
  state: TrainingState,
): { readonly name: string; readonly value: number | undefined } | undefined {
  for (const [name, { data }] of [...state.parameters, ...state.optimizer]) {
    const wrong = firstNotFinite(data);
    if (wrong >= 0) return { name, value: data[wrong] };
  }
  return undefined;
}
