import { present, type Shape } from "@nin/spec";
import {
  type BatchLimits,
  type Checked,
  checkedIndices,
  checkedLabelledBatch,
} from "../checks/batch-checks.js";
import { checkTrainingState } from "../checks/training-checks.js";
import type { LabelledBatch, TrainingBatch } from "../contract/batch.js";
import { BatchError, DisposedError } from "../contract/errors.js";
import type { Metrics, StepOptions, TrainingSession, TrainingState } from "../contract/training-session.js";
import type { Awaitable, EngineSession, SessionSetup } from "./engine.js";
import { EvaluationSums } from "./evaluation-sums.js";
import { gatherBatch } from "./gather-batch.js";

/** What a session was opened with. */
export interface ShellSetup extends SessionSetup {
  /** Whether images of `indices` batches are gathered here, since the engine does not keep the data set. */
  readonly gathers: boolean;
  /** Whether the engine augments `indices` batches itself. */
  readonly augments: boolean;
}

/** What a session needs of its model. */
export interface SessionHost {
  /** The backend's id, for errors. */
  readonly backend: string;
  readonly limits: BatchLimits;
  readonly parameterShapes: ReadonlyMap<string, Shape>;
  /** Steps and evaluations that may be unfinished when they resolve. */
  readonly unfinishedSteps: number;
  /** Scores of a batch, for an evaluation on the host. Shapes: [N, classes]. */
  predict(batch: Checked<LabelledBatch>): Promise<Float32Array | Float64Array>;
  /** As a call of the model: in its turn, refused when the model is gone, first checked. */
  call<Given, Result>(
    doing: string,
    check: () => Given,
    work: (checked: Given) => Awaitable<Result>,
  ): Promise<Result>;
  /** Runs work in its turn, also when the model is gone. */
  run<Result>(work: () => Awaitable<Result>): Promise<Result>;
  /** An engine's failure as an error of the contract. */
  ownError(doing: string, error: unknown): unknown;
  onEnd(): void;
}

/** A training session over that of an engine. Counts steps, and keeps as many unfinished as the device needs. */
export class SessionShell implements TrainingSession {
  readonly #session: EngineSession;
  readonly #setup: ShellSetup;
  readonly #host: SessionHost;
  /** What was handed to the device and is not done, in order. */
  readonly #unfinished = new Set<Promise<void>>();
  #step: number;
  /** Of the batches evaluated on the host since the last `metrics`. */
  #onHost: EvaluationSums | undefined;
  /** Of work that had been handed over: the session's end. */
  #failure: unknown;
  #open = true;

  constructor(session: EngineSession, setup: ShellSetup, firstStep: number, host: SessionHost) {
    this.#session = session;
    this.#setup = setup;
    this.#host = host;
    this.#step = firstStep;
  }

  step(batch: TrainingBatch, { learningRate, epoch }: StepOptions): Promise<void> {
    const doing = "a training step";
    return this.#call(
      doing,
      () => this.#checked(batch, epoch),
      async (checked) => {
        const place = { step: this.#step, learningRate, epoch: epoch ?? 0 };
        // Counted before it is waited for: where the engine keeps calls in order, the next one may be made meanwhile.
        this.#step += 1;
        try {
          await this.#session.step(checked, place);
        } catch (error) {
          this.#step = place.step;
          throw error;
        }
        await this.#makeRoom(doing);
      },
    );
  }

  evaluate(batch: LabelledBatch): Promise<void> {
    const doing = "evaluating";
    const check = () => checkedLabelledBatch(batch, this.#host.limits);
    return this.#call(doing, check, async (checked) => {
      if (this.#session.evaluate === undefined) {
        this.#onHost ??= this.#noEvaluation();
        const sums = this.#onHost;
        sums.addScores(await this.#host.predict(checked), checked.labels);
        return;
      }
      await this.#session.evaluate(checked);
      await this.#makeRoom(doing);
    });
  }

  metrics(): Promise<Metrics> {
    return this.#call("reading metrics", nothing, async () => {
      const onHost = this.#onHost;
      this.#onHost = undefined;
      const { losses, evaluation } = await this.#afterUnfinished(this.#session.metrics());
      return { losses, evaluation: evaluation ?? (onHost ?? this.#noEvaluation()).sums };
    });
  }

  readState(): Promise<TrainingState> {
    return this.#call("reading the training state", nothing, async () => {
      const step = this.#step;
      const { parameters, optimizer } = await this.#afterUnfinished(this.#session.readState());
      return { step, parameters, optimizer };
    });
  }

  writeState(state: TrainingState): Promise<void> {
    const check = () => checkTrainingState(state, this.#setup.optimizer, this.#host.parameterShapes);
    return this.#call("writing the training state", check, async () => {
      const { step, parameters, optimizer } = state;
      this.#step = step;
      await this.#afterUnfinished(this.#session.writeState({ parameters, optimizer }));
    });
  }

  dispose(): Promise<void> {
    return this.#host.run(() => this.end());
  }

  /** What `dispose` does, at once: for the model, in a turn of its own. */
  async end(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#host.onEnd();
    await this.#session.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #checked(batch: TrainingBatch, epoch: number | undefined): Checked<TrainingBatch> {
    const { limits } = this.#host;
    if (epoch !== undefined) checkEpoch(epoch);
    if (!("indices" in batch)) return checkedLabelledBatch(batch, limits);
    const { dataset, augmentation, gathers, augments } = this.#setup;
    const checked = checkedIndices(batch.indices, dataset, limits);
    if (augmentation !== undefined && epoch === undefined) {
      throw new BatchError("epoch", "the epoch, from 0, by which images are augmented", "nothing");
    }
    const isForEngine = augmentation === undefined ? !gathers : augments;
    if (isForEngine) return checked;
    const shape = present(limits.imageShape, "the shape of the data set's images");
    return { ...gatherBatch(this.#setup, shape, checked.indices, epoch), count: checked.count };
  }

  #noEvaluation(): EvaluationSums {
    return new EvaluationSums(this.#host.limits.classes);
  }

  /** Waits while too much is unfinished: a queue without end is memory without end. */
  async #makeRoom(doing: string): Promise<void> {
    const work = this.#session.workDone?.();
    if (work === undefined) return;
    const settled: Promise<void> = work
      .catch((error: unknown) => {
        this.#failure ??= this.#host.ownError(doing, error);
      })
      .then(() => {
        this.#unfinished.delete(settled);
      });
    this.#unfinished.add(settled);
    while (this.#unfinished.size > this.#host.unfinishedSteps) {
      const [oldest] = this.#unfinished;
      await oldest;
    }
  }

  /** The result of a call, unless what was handed over before it failed. */
  async #afterUnfinished<Result>(call: Awaitable<Result>): Promise<Result> {
    const earlier = [...this.#unfinished];
    const [result] = await Promise.allSettled([call]);
    if (result.status === "fulfilled") await Promise.all(earlier);
    if (this.#failure !== undefined) throw this.#failure;
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }

  #call<Given, Result>(
    doing: string,
    check: () => Given,
    work: (checked: Given) => Awaitable<Result>,
  ): Promise<Result> {
    const checkAll = (): Given => {
      if (!this.#open) throw new DisposedError(`${this.#host.backend}: the training session`);
      if (this.#failure !== undefined) throw this.#failure;
      return check();
    };
    return this.#host.call(doing, checkAll, work);
  }
}

function checkEpoch(epoch: number): void {
  if (Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** 32) return;
  throw new BatchError("epoch", "an integer from 0 to 2^32-1", `${epoch}`);
}

function nothing(): void {}
