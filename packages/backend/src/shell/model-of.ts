import {
  type Architecture,
  type Augmentation,
  at,
  checkedAugmentation,
  elementCount,
  InternalError,
  type NamedTensors,
  philoxKey,
  type Shape,
  SpecError,
  type Tensor,
} from "@nin/spec";
import {
  type BatchLimits,
  batchLimits,
  type Checked,
  checkDataset,
  checkedBatch,
  checkedLabelledBatch,
  checkParameters,
} from "../checks/batch-checks.js";
import { DEFAULT_MAX_BATCH } from "../checks/compile-checks.js";
import { checkStep } from "../checks/training-checks.js";
import type { CompileOptions } from "../contract/backend.js";
import type { Batch, LabelledBatch } from "../contract/batch.js";
import { DisposedError, NinError, RuntimeError, SessionError } from "../contract/errors.js";
import type { LossAndGradients, Model, RealizedLayer, TrainOptions } from "../contract/model.js";
import type { TrainingSession } from "../contract/training-session.js";
import { atOnce, type CallOrder, CallQueue } from "./call-queue.js";
import type { Awaitable, Engine } from "./engine.js";
import { parameterShapes, realizedLayers } from "./realized-layers.js";
import { SessionShell } from "./session-shell.js";

/** What a model is compiled from, and in what backends differ. */
export interface ModelPolicy {
  /** The backend's id, which its errors begin with. */
  readonly backend: string;
  readonly architecture: Architecture;
  /** As `compile` was given them, after `checkCompileOptions`. */
  readonly options: Pick<CompileOptions, "maxBatch" | "imageFormat">;
  /**
   * Who keeps calls in order. `shell`, by default: a call begins when the one before it has ended. `engine`: calls
   * are handed over as they are made, to an engine that runs them one after another itself, as a worker thread
   * does with its messages; it is then never idle between two of them.
   */
  readonly callOrder?: "shell" | "engine";
  /**
   * How many training steps and evaluations may be unfinished on the device when `step` and `evaluate` resolve, for
   * engines with `workDone`. A device with none in store idles; many hold much memory. 0 by default.
   */
  readonly unfinishedSteps?: number;
  /**
   * How long calls may keep the host's event loop from its turn, where the engine computes on the calling thread
   * and gives none itself: the loop then has one before the next call. Forever by default. Units: ms.
   */
  readonly longestBusyMs?: number;
  /** Throws what happened to the device since the last call, also that it was lost: asked before each call. */
  readonly throwFailure?: () => void;
}

/**
 * A `Model` over an engine: the contract that users see, with all rules that backends share.
 *
 * - Calls of the model and of its session run in the order they were made. One that fails stops none after it.
 * - Every argument is checked before anything changes: batches, labels, indices, parameters, states, first step,
 *   seed, data set. The engine sees only what is right.
 * - One training session at a time.
 * - After `dispose` calls made before it still answer, later ones throw `DisposedError`; a second one does nothing.
 * - `step` and `evaluate` resolve when there is room for another; a failure on the device is thrown by the next call.
 * - What the engine throws becomes a `RuntimeError` that says what was being done, unless it is a `NinError`.
 *
 * @param engine - it is the model's from here on, which disposes of it, also when this function fails; a promise
 * where it takes a device to make one, which may fail
 * @param policy - what was compiled, and in what the backend differs from others
 * @returns the model, once the engine has realized its layers
 * @throws RuntimeError when that, or the promise, fails
 *
 * @example
 * ```ts
 * const backend: Backend = {
 *   id: "toy",
 *   devices: async () => [{ id: "cpu", name: "plain loops", available: true }],
 *   async compile(architecture, options = {}) {
 *     checkCompileOptions(architecture, options, { backend: "toy", devices: ["cpu"] });
 *     return modelOf(new ToyEngine(architecture), { backend: "toy", architecture, options });
 *   },
 * };
 * ```
 */
export function modelOf(engine: Awaitable<Engine>, policy: ModelPolicy): Promise<Model> {
  return ModelShell.over(engine, policy, (opened, layers) => new ModelShell(opened, policy, layers));
}

/** The class behind {@link modelOf}, for a model with calls of its own besides those of the contract. */
export class ModelShell implements Model {
  readonly layers: readonly RealizedLayer[];
  readonly realization?: () => Readonly<Record<string, string>>;
  readonly #engine: Engine;
  readonly #policy: ModelPolicy;
  readonly #limits: BatchLimits;
  readonly #parameterShapes: ReadonlyMap<string, Shape>;
  readonly #calls: CallOrder;
  #session: SessionShell | "opening" | undefined;
  #disposed = false;

  /** Realizes an engine's layers and makes a model of them; disposes of the engine when that fails. */
  static async over<OwnEngine extends Engine, Own extends ModelShell>(
    engine: Awaitable<OwnEngine>,
    { backend, architecture }: ModelPolicy,
    create: (engine: OwnEngine, layers: readonly RealizedLayer[]) => Own,
  ): Promise<Own> {
    let opened: OwnEngine | undefined;
    try {
      opened = await engine;
      return create(opened, realizedLayers(architecture, await opened.realize()));
    } catch (error) {
      await opened?.dispose();
      throw ownError(backend, "compiling", error);
    }
  }

  constructor(engine: Engine, policy: ModelPolicy, layers: readonly RealizedLayer[]) {
    const { architecture, options, callOrder = "shell", longestBusyMs } = policy;
    const { maxBatch = DEFAULT_MAX_BATCH, imageFormat } = options;
    this.#engine = engine;
    this.#policy = policy;
    this.layers = layers;
    if (engine.realization !== undefined) this.realization = engine.realization.bind(engine);
    this.#limits = batchLimits(
      architecture,
      { maxBatch, imageFormat },
      elementCount(at(layers, -1).outputShape),
    );
    this.#parameterShapes = parameterShapes(layers);
    this.#calls = callOrder === "engine" ? atOnce : new CallQueue(longestBusyMs);
  }

  readParameters(): Promise<NamedTensors> {
    return this.#call("reading parameters", nothing, () => this.#engine.readParameters());
  }

  writeParameters(parameters: NamedTensors): Promise<void> {
    const check = () => checkParameters(parameters, this.#parameterShapes);
    return this.#call("writing parameters", check, () => this.#engine.writeParameters(parameters));
  }

  predict(batch: Batch): Promise<Tensor> {
    return this.callWithBatch("predicting", batch, async (checked) => {
      const { data } = await this.#engine.predict(checked);
      return { shape: [checked.count, this.#limits.classes], data };
    });
  }

  activations(batch: Batch): Promise<ReadonlyMap<string, Tensor>> {
    return this.callWithBatch("computing activations", batch, (checked) => this.#engine.activations(checked));
  }

  gradients(batch: LabelledBatch): Promise<LossAndGradients> {
    const check = () => checkedLabelledBatch(batch, this.#limits);
    return this.#call("computing gradients", check, (checked) => this.#engine.gradients(checked));
  }

  train(options: TrainOptions): Promise<TrainingSession> {
    const check = (): number => {
      if (this.#session !== undefined) throw new SessionError(this.#policy.backend);
      philoxKey(options.seed);
      if (options.augmentation !== undefined) checkedAugmentation(options.augmentation);
      if (options.dataset !== undefined) checkDataset(options.dataset, this.#limits);
      return checkStep(options.firstStep ?? 0);
    };
    return this.#call("starting to train", check, async (firstStep) => {
      this.#session = "opening";
      try {
        this.#session = await this.#openSession(options, firstStep);
        return this.#session;
      } catch (error) {
        this.#session = undefined;
        throw error;
      }
    });
  }

  dispose(): Promise<void> {
    return this.#calls.run(async () => {
      if (this.#disposed) return;
      this.#disposed = true;
      try {
        if (this.#session instanceof SessionShell) await this.#session.end();
      } finally {
        await this.#engine.dispose();
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /**
   * A call of the model's own, in its turn, with a batch that was checked.
   *
   * @param doing - what is being done, for the error when `work` fails: "predicting"
   * @throws DisposedError, BatchError
   */
  protected callWithBatch<Result>(
    doing: string,
    batch: Batch,
    work: (checked: Checked<Batch>) => Awaitable<Result>,
  ): Promise<Result> {
    return this.#call(doing, () => checkedBatch(batch, this.#limits), work);
  }

  async #openSession(options: TrainOptions, firstStep: number): Promise<SessionShell> {
    const { optimizer, seed, dataset, augmentation } = options;
    const { augments = false, maxDatasetBytes = Number.POSITIVE_INFINITY } = this.#engine;
    const keeps = dataset !== undefined && dataset.images.length <= maxDatasetBytes;
    const ofRun = { optimizer, seed };
    const drawn = isAugmenting(augmentation) ? { augmentation: { ...augmentation } } : {};
    const session = await this.#engine.openSession({
      ...ofRun,
      ...(keeps ? { dataset } : {}),
      ...(keeps && augments ? drawn : {}),
    });
    const setup = {
      ...ofRun,
      ...(dataset === undefined ? {} : { dataset }),
      ...drawn,
      gathers: !keeps,
      augments: keeps && augments,
    };
    const shell: SessionShell = new SessionShell(session, setup, firstStep, {
      backend: this.#policy.backend,
      limits: this.#limits,
      parameterShapes: this.#parameterShapes,
      unfinishedSteps: this.#policy.unfinishedSteps ?? 0,
      predict: async (batch) => (await this.#engine.predict(batch)).data,
      call: (doing, check, work) => this.#call(doing, check, work),
      run: (work) => this.#calls.run(work),
      ownError: (doing, error) => ownError(this.#policy.backend, doing, error),
      onEnd: () => {
        if (this.#session === shell) this.#session = undefined;
      },
    });
    return shell;
  }

  /** Runs a call in its turn: what is wrong with its arguments first, before anything has changed. */
  #call<Given, Result>(
    doing: string,
    check: () => Given,
    work: (checked: Given) => Awaitable<Result>,
  ): Promise<Result> {
    return this.#calls.run(async () => {
      const { backend, throwFailure } = this.#policy;
      if (this.#disposed) throw new DisposedError(`${backend}: the model`);
      throwFailure?.();
      const checked = check();
      try {
        return await work(checked);
      } catch (error) {
        throw ownError(backend, doing, error);
      }
    });
  }
}

function isAugmenting(augmentation: Augmentation | undefined): augmentation is Augmentation {
  return augmentation !== undefined && (augmentation.horizontalFlip > 0 || augmentation.cropPadding > 0);
}

function nothing(): void {}

/** What an engine threw, as an error of the contract; one of ours, and a mistake of ours, stays what it is. */
function ownError(backend: string, doing: string, error: unknown): unknown {
  if ([NinError, SpecError, InternalError].some((own) => error instanceof own)) return error;
  return new RuntimeError(backend, doing, error);
}
