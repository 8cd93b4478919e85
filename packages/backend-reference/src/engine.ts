import {
  type Batch,
  type Checked,
  type CompileOptions,
  type Engine,
  type EngineMetrics,
  type EngineSession,
  type EngineState,
  EvaluationSums,
  type ImageFormat,
  type IndexBatch,
  type LabelledBatch,
  type LossAndGradients,
  type RealizedPrimitive,
  type SessionSetup,
  type StepPlace,
} from "@nin/backend";
import {
  type Architecture,
  at,
  elementCount,
  entry,
  gatherBytes,
  type NamedTensors,
  present,
  type Tensor,
} from "@nin/spec";
import { initialState, type OptimizerState } from "./math/optimizer.js";
import { type Margin, marginOf } from "./network/margin.js";
import { backwardPass, forwardPass, type Network, networkOutput, realizeNetwork } from "./network/network.js";
import type { ReferenceParts } from "./reference-parts.js";
import { copyTensor, copyTensors, shapesOf, type Tensor64 } from "./tensors/tensor64.js";

/** A network in float64 on the calling thread. */
export class ReferenceEngine implements Engine {
  readonly augments = true;
  readonly network: Network;
  readonly parts: ReferenceParts;
  readonly classes: number;
  readonly #architecture: Architecture;
  readonly #imageFormat: ImageFormat | undefined;

  constructor(architecture: Architecture, { imageFormat }: CompileOptions, parts: ReferenceParts) {
    this.network = realizeNetwork(architecture, parts.mathOf);
    this.parts = parts;
    this.classes = elementCount(at(this.network.layers, -1).outputShape);
    this.#architecture = architecture;
    this.#imageFormat = imageFormat;
  }

  realize(): readonly RealizedPrimitive[] {
    return this.network.layers.map(({ name, outputShape, parameters }) => {
      const named = new Map(Object.entries(parameters).map(([role, tensor]) => [`${name}.${role}`, tensor]));
      return { name, outputShape, parameters: shapesOf(named) };
    });
  }

  readParameters(): NamedTensors {
    return copyTensors(this.network.parameters);
  }

  writeParameters(given: NamedTensors): void {
    for (const [name, { data }] of this.network.parameters) data.set(entry(given, name).data);
  }

  predict(batch: Checked<Batch>): Tensor {
    return networkOutput(this.network, this.input(batch));
  }

  activations(batch: Checked<Batch>): ReadonlyMap<string, Tensor> {
    const outputs = new Map<string, Tensor>();
    // A block's layers have one index, so that its last layer's output stays.
    for (const { placed, output } of forwardPass(this.network, this.input(batch))) {
      outputs.set(`net.${placed.layerIndex}`, output);
    }
    return outputs;
  }

  gradients(batch: Checked<LabelledBatch>): LossAndGradients {
    const runs = [...forwardPass(this.network, this.input(batch))];
    const { mean, gradient } = this.parts.loss(at(runs, -1).output, batch.labels);
    return { loss: mean, gradients: backwardPass(runs, gradient) };
  }

  /** How far a forward pass without dropout is from a kink. */
  margin(batch: Checked<Batch>): Margin {
    return marginOf(forwardPass(this.network, this.input(batch)));
  }

  openSession(setup: SessionSetup): EngineSession {
    return new ReferenceSession(this, setup);
  }

  /** The network's input. Shapes: [N, C, H, W]. */
  input(batch: Batch): Tensor64 {
    if ("input" in batch) return copyTensor(batch.input);
    return this.parts.preprocess(batch.images, this.imageFormat, this.#architecture.input);
  }

  /** Of images that passed the check. */
  get imageFormat(): ImageFormat {
    return present(this.#imageFormat, "the format of images that passed the check");
  }

  dispose(): void {}
}

/** Trains an engine's parameters. */
class ReferenceSession implements EngineSession {
  readonly #engine: ReferenceEngine;
  readonly #setup: SessionSetup;
  #optimizerState: OptimizerState;
  #losses: number[] = [];
  #evaluation: EvaluationSums;

  constructor(engine: ReferenceEngine, setup: SessionSetup) {
    this.#engine = engine;
    this.#setup = setup;
    this.#optimizerState = initialState(setup.optimizer, engine.network.parameters);
    this.#evaluation = new EvaluationSums(engine.classes);
  }

  step(batch: Checked<LabelledBatch | IndexBatch>, { step, learningRate, epoch }: StepPlace): void {
    const { network, parts } = this.#engine;
    const { seed, optimizer } = this.#setup;
    const { dropoutMask } = parts;
    const labelled = "indices" in batch ? this.#imagesAt(batch.indices, epoch) : batch;
    const runs = [...forwardPass(network, this.#engine.input(labelled), { seed, step, dropoutMask })];
    const loss = parts.loss(at(runs, -1).output, labelled.labels);
    const gradients = backwardPass(runs, loss.gradient);
    parts.stepOptimizer(optimizer, network.parameters, gradients, this.#optimizerState, {
      learningRate,
      step,
    });
    this.#losses.push(loss.mean);
  }

  evaluate(batch: Checked<LabelledBatch>): void {
    const { network, parts } = this.#engine;
    const { labels, count } = batch;
    const scores = networkOutput(network, this.#engine.input(batch));
    const lossSum = parts.loss(scores, labels).mean * count;
    this.#evaluation.addPredictions(parts.predictedClasses(scores, count), labels, lossSum);
  }

  metrics(): EngineMetrics {
    const metrics = { losses: this.#losses, evaluation: this.#evaluation.sums };
    this.#losses = [];
    this.#evaluation = new EvaluationSums(this.#engine.classes);
    return metrics;
  }

  readState(): EngineState {
    return { parameters: this.#engine.readParameters(), optimizer: copyTensors(this.#optimizerState) };
  }

  writeState({ parameters, optimizer }: EngineState): void {
    this.#engine.writeParameters(parameters);
    this.#optimizerState = copyTensors(optimizer);
  }

  dispose(): void {}

  /** The images at some positions of the data set, augmented where that is asked for, and their labels. */
  #imagesAt(
    indices: Uint32Array,
    epoch: number,
  ): { readonly images: Uint8Array; readonly labels: Uint16Array } {
    const { dataset, augmentation, seed } = this.#setup;
    const { images: all, labels } = present(dataset, "the data set of an `indices` batch");
    const { imageFormat, parts } = this.#engine;
    const imageBytes = imageFormat.channels * imageFormat.height * imageFormat.width;
    const images = gatherBytes(all, imageBytes, indices);
    return {
      images:
        augmentation === undefined
          ? images
          : parts.augmentImages(images, imageFormat, augmentation, { seed, epoch }, indices),
      labels: Uint16Array.from(indices, (index) => at(labels, index)),
    };
  }
}
