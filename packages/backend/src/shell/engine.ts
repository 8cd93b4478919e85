import type { Augmentation, NamedTensors, Optimizer, Shape, Tensor } from "@nin/spec";
import type { Checked } from "../checks/batch-checks.js";
import type { Batch, Dataset, IndexBatch, LabelledBatch } from "../contract/batch.js";
import type { LossAndGradients } from "../contract/model.js";
import type { Metrics, TrainingState } from "../contract/training-session.js";

/** A value or a promise of one: an engine that computes on the calling thread has nothing to wait for. */
export type Awaitable<Value> = Value | Promise<Value>;

/**
 * What a backend implements: an architecture on a device, without the rules that all backends share.
 *
 * The shell of {@link modelOf} makes a `Model` of it. The engine is called with what was checked, and never
 * after `dispose`. What it is given belongs to the caller of the model, who may change it once the call has
 * resolved: read it, or copy it. What the engine gives is the caller's own: copies, never views of memory
 * that is written again.
 *
 * Whatever it throws reaches the caller as a `RuntimeError` that says what was being done, an error of this
 * package as it is.
 *
 * @example
 * An engine that computes on the calling thread; `examples/conformance` in the repository has the whole of it.
 * ```ts
 * class ToyEngine implements Engine {
 *   realize() {
 *     return this.layers.map(({ name, outputShape, parameters }) => ({ name, outputShape, parameters }));
 *   }
 *   predict({ input }: Checked<InputBatch>) {
 *     return this.forward(input);
 *   }
 *   // ... activations, gradients, readParameters, writeParameters, openSession, dispose
 * }
 *
 * const model = await modelOf(new ToyEngine(architecture), { backend: "toy", architecture, options });
 * ```
 */
export interface Engine {
  /**
   * Every primitive layer of `inferLayers(architecture)`, as it was built. The first call, made once.
   *
   * @returns shapes of the engine's own tensors, buffers or graph results, never those that the spec infers
   */
  realize(): Awaitable<readonly RealizedPrimitive[]>;
  /** As in `Model.realization`; without it the numbers depend on nothing else. */
  realization?(): Readonly<Record<string, string>>;
  /** A copy of the parameters, zeros until they are written: convolutions OIHW, linear layers [out, in]. */
  readParameters(): Awaitable<NamedTensors>;
  /** Copies parameters of the realized names and shapes; float64 is rounded to the device's precision. */
  writeParameters(parameters: NamedTensors): Awaitable<void>;
  /**
   * Scores without dropout.
   *
   * @returns [N, classes], or any other shape with as many elements
   */
  predict(batch: Checked<Batch>): Awaitable<Tensor>;
  /**
   * Outputs without dropout: of each of the architecture's `layers`, by its name `net.<i>`, the output of its
   * last primitive layer.
   *
   * @returns images NCHW, features [N, features]
   */
  activations(batch: Checked<Batch>): Awaitable<ReadonlyMap<string, Tensor>>;
  /** The mean loss over the batch and its gradients, without dropout. */
  gradients(batch: Checked<LabelledBatch>): Awaitable<LossAndGradients>;
  /**
   * Whether its sessions augment `indices` batches themselves. Otherwise the shell does, on the host, and hands over
   * the images.
   */
  readonly augments?: boolean;
  /**
   * The most bytes of images that a session can keep; any number by default. Of a larger data set the shell gathers
   * batches on the host, and hands over the images. Units: bytes.
   */
  readonly maxDatasetBytes?: number;
  /** Begins to train the engine's own parameters. Only one session is open at a time. */
  openSession(setup: SessionSetup): Awaitable<EngineSession>;
  /** Frees what the device holds. An open session was disposed of before; nothing is called afterwards. */
  dispose(): Awaitable<void>;
}

/** A primitive layer as an engine built it. */
export interface RealizedPrimitive {
  /** `net.4`, or `net.0.2` inside a block. */
  readonly name: string;
  /** At batch 1: [1, channels, height, width] or [1, features]. */
  readonly outputShape: Shape;
  /** By state-dict name, as users see them. */
  readonly parameters: ReadonlyMap<string, Shape>;
}

/** What stays the same during a training session. */
export interface SessionSetup {
  readonly optimizer: Optimizer;
  /** Of the dropout masks. */
  readonly seed: number;
  /** For `indices` batches, which come only where there is one. Labels may be of 16 bits. */
  readonly dataset?: Dataset;
  /** Of the images of `indices` batches, for engines that have `augments`; absent where it would change nothing. */
  readonly augmentation?: Augmentation;
}

/** What a training step needs to know besides its batch. */
export interface StepPlace {
  /** Steps done before it since the run began: it counts in dropout masks and in AdamW's corrections. */
  readonly step: number;
  readonly learningRate: number;
  /** From 0; for the augmentation of `indices` batches. */
  readonly epoch: number;
}

/** Training in progress on an engine. The shell counts the steps. */
export interface EngineSession {
  /**
   * One optimizer step on the batch's mean loss, dropout on: done, or handed to the device, when it resolves.
   * The batch was read by then.
   */
  step(batch: Checked<LabelledBatch | IndexBatch>, place: StepPlace): Awaitable<void>;
  /**
   * Adds a batch, without dropout, to what `metrics` gives as `evaluation`: done, or handed over, when it
   * resolves. Without this method the shell predicts, and adds up on the host.
   */
  evaluate?(batch: Checked<LabelledBatch>): Awaitable<void>;
  /**
   * Resolves when everything that was handed to the device is done, and rejects when it failed, which ends the
   * session. Without this method a step is done when `step` resolves.
   */
  workDone?(): Promise<unknown>;
  /** Waits for what was handed over; gives what was gathered since the last call, and starts anew. */
  metrics(): Awaitable<EngineMetrics>;
  /** Waits for what was handed over; a copy of parameters and optimizer state. */
  readState(): Awaitable<EngineState>;
  /** Replaces parameters and optimizer state. SGD's may be empty: as before its first step. */
  writeState(state: EngineState): Awaitable<void>;
  /** Ends the session; the parameters stay with the engine. */
  dispose(): Awaitable<void>;
}

/** As `Metrics`; the evaluation comes from engines that have `evaluate`. */
export type EngineMetrics = Pick<Metrics, "losses"> & Partial<Pick<Metrics, "evaluation">>;

/** As `TrainingState`, without the step, which the shell counts. */
export type EngineState = Omit<TrainingState, "step">;
