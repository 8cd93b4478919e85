import type { Augmentation, LayerKindName, NamedTensors, Optimizer, Shape, Tensor } from "@nin/spec";
import type { Batch, Dataset, LabelledBatch } from "./batch.js";
import type { TrainingSession } from "./training-session.js";

/** An architecture realized on a device. Calls may overlap; they run in the order they were made. */
export interface Model extends AsyncDisposable {
  /**
   * One entry for each of the architecture's `layers`, as the backend's own graph, tensors or
   * buffers have it: never copied from the spec's inference.
   */
  readonly layers: readonly RealizedLayer[];
  /**
   * What its numbers depend on besides architecture, device, options and parameters, as far as the backend
   * knows: threads, images of a micro-batch, the kernels that were chosen. By name, for a person, and to be
   * compared with that of another model. Complete once `train` has opened a session; absent when there is
   * nothing.
   */
  realization?(): Readonly<Record<string, string>>;
  /** A copy of the parameters. While a session trains, those after its last step. */
  readParameters(): Promise<NamedTensors>;
  /**
   * @throws `ParameterError` for a missing, extra, wrongly shaped or non-finite tensor; nothing is changed
   * then.
   */
  writeParameters(parameters: NamedTensors): Promise<void>;
  /**
   * Scores without dropout: [N, classes], also where the network ends in an image.
   *
   * @throws `BatchError`.
   */
  predict(batch: Batch): Promise<Tensor>;
  /**
   * The output of each of the architecture's `layers` by name (`net.0`), of a block that of its last
   * layer; NCHW, without dropout.
   *
   * @throws `BatchError`.
   */
  activations(batch: Batch): Promise<ReadonlyMap<string, Tensor>>;
  /**
   * The mean loss over the batch and its gradient, without dropout.
   *
   * @throws `BatchError`.
   */
  gradients(batch: LabelledBatch): Promise<LossAndGradients>;
  /**
   * Starts training this model's own parameters, from their present values. One session at a
   * time.
   *
   * @throws `SessionError` while another is open; `BatchError` for a data set that does not suit the model;
   * `ParameterError` for a `firstStep` that is no step; `SpecError` for an augmentation of impossible values;
   * `UnsupportedError`.
   */
  train(options: TrainOptions): Promise<TrainingSession>;
  /**
   * Ends the session and frees the device's memory. Calls made before it answer, later ones throw
   * `DisposedError`. Idempotent.
   */
  dispose(): Promise<void>;
}

/** A layer of `layers` as a backend realized it, at batch 1. */
export interface RealizedLayer {
  /** `net.0`. */
  readonly name: string;
  readonly kind: LayerKindName;
  /** [1, channels, height, width] or [1, features]. */
  readonly outputShape: Shape;
  /** By state-dict name. */
  readonly parameters: ReadonlyMap<string, Shape>;
  /** The layers inside a block. */
  readonly inner?: readonly Omit<RealizedLayer, "inner">[];
}

export interface LossAndGradients {
  readonly loss: number;
  readonly gradients: NamedTensors;
}

/** What stays the same during a training session. */
export interface TrainOptions {
  readonly optimizer: Optimizer;
  /** The run's seed: of its dropout masks. */
  readonly seed: number;
  /** Steps that the run has already done: 0, or more when resuming. Counts in dropout masks and AdamW. */
  readonly firstStep?: number;
  /**
   * For `indices` batches: kept on the device, where it fits there, else in the caller's memory. Not to be changed while
   * the session is open.
   */
  readonly dataset?: Dataset;
  /**
   * Applied to the images of `indices` batches, by `seed`, the epoch of `StepOptions` and the images' indices, on their
   * bytes before the resize: what `augmentImages` of `@nin/spec` computes, bit for bit. Batches of `images` are taken as
   * they are.
   */
  readonly augmentation?: Augmentation;
}
