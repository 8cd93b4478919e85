import {
  type Batch,
  DisposedError,
  type LabelledBatch,
  type LossAndGradients,
  type Model,
  type RealizedLayer,
  SessionError,
  type TrainingSession,
  type TrainOptions,
} from "@nin/backend";
import type { Architecture, NamedTensors, Tensor } from "@nin/spec";
import { type BatchOptions, type BatchReader, createBatchReader } from "./batch-reader.js";
import { CallQueue } from "./call-queue.js";
import { type Margin, marginOf } from "./network/margin.js";
import { backwardPass, forwardPass, type Network, networkOutput, realizeNetwork } from "./network/network.js";
import { overwriteParameters } from "./parameters.js";
import { realizedLayers } from "./realized-layers.js";
import type { ReferenceParts } from "./reference-parts.js";
import { copyTensors, type Tensor64, tensor64 } from "./tensors/tensor64.js";
import { ReferenceTrainingSession } from "./training-session.js";

/** A model that also tells how far a batch is from a kink. */
export interface ReferenceModel extends Model {
  /** The margin of a forward pass without dropout. Throws: `BatchError`. */
  margin(batch: Batch): Promise<Margin>;
}

/** Realizes an architecture in float64, its parameters zero. */
export function createReferenceModel(architecture: Architecture, options: BatchOptions): ReferenceModel {
  return new Float64Model(architecture, options);
}

class Float64Model implements ReferenceModel {
  readonly layers: readonly RealizedLayer[];
  readonly #network: Network;
  readonly #reader: BatchReader;
  readonly #parts: ReferenceParts;
  readonly #queue = new CallQueue();
  #session: ReferenceTrainingSession | undefined;
  #disposed = false;

  constructor(architecture: Architecture, options: BatchOptions) {
    this.#network = realizeNetwork(architecture, options.parts.mathOf);
    this.#reader = createBatchReader(architecture, this.#network, options);
    this.#parts = options.parts;
    this.layers = realizedLayers(architecture, this.#network);
  }

  readParameters(): Promise<NamedTensors> {
    return this.#call(() => copyTensors(this.#network.parameters));
  }

  writeParameters(parameters: NamedTensors): Promise<void> {
    return this.#call(() => overwriteParameters(this.#network.parameters, parameters));
  }

  predict(batch: Batch): Promise<Tensor> {
    return this.#call(() => {
      const input = this.#reader.input(batch);
      const output = networkOutput(this.#network, input);
      return tensor64([input.shape[0] ?? 0, this.#reader.limits.classes], output.data);
    });
  }

  activations(batch: Batch): Promise<ReadonlyMap<string, Tensor>> {
    return this.#call(() => {
      const outputs = new Map<string, Tensor64>();
      // A block's layers have one position, so that its last layer's output stays.
      for (const { placed, output } of forwardPass(this.#network, this.#reader.input(batch))) {
        outputs.set(`net.${placed.layerIndex}`, output);
      }
      return outputs;
    });
  }

  gradients(batch: LabelledBatch): Promise<LossAndGradients> {
    return this.#call(() => {
      const { input, labels } = this.#reader.labelled(batch);
      const runs = [...forwardPass(this.#network, input)];
      const loss = this.#parts.loss(runs.at(-1)?.output ?? input, labels);
      return { loss: loss.mean, gradients: backwardPass(runs, loss.gradient) };
    });
  }

  margin(batch: Batch): Promise<Margin> {
    return this.#call(() => marginOf(forwardPass(this.#network, this.#reader.input(batch))));
  }

  train(options: TrainOptions): Promise<TrainingSession> {
    return this.#call(() => {
      if (this.#session?.open === true) throw new SessionError("reference");
      this.#session = new ReferenceTrainingSession(options, {
        network: this.#network,
        reader: this.#reader,
        parts: this.#parts,
        enqueue: (work) => this.#queue.run(work),
        requireModel: () => this.#requireModel(),
      });
      return this.#session;
    });
  }

  dispose(): Promise<void> {
    return this.#queue.run(() => {
      this.#disposed = true;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #call<Result>(work: () => Result): Promise<Result> {
    return this.#queue.run(() => {
      this.#requireModel();
      return work();
    });
  }

  #requireModel(): void {
    if (this.#disposed) throw new DisposedError("reference: the model");
  }
}
