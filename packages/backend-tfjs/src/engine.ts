import {
  type Batch,
  type Checked,
  type CompileOptions,
  DEFAULT_MAX_BATCH,
  type Engine,
  type EngineSession,
  type LabelledBatch,
  type LossAndGradients,
  type RealizedPrimitive,
  type SessionSetup,
} from "@nin/backend";
import {
  type Architecture,
  at,
  elementCount,
  InternalError,
  type NamedTensors,
  present,
  type Tensor,
} from "@nin/spec";
import { flattenImages, imagesFromFlat, toUserLayout } from "./operators/layout.js";
import {
  type ImageSource,
  type ImagesOf,
  imagesOfBatch,
  type ReadableBatch,
  readableAt,
} from "./runtime/batch-images.js";
import { dropoutMasks, type MaskStep } from "./runtime/dropout-masks.js";
import { hostTurn } from "./runtime/host-turn.js";
import { softmaxCrossEntropy } from "./runtime/loss.js";
import { imagesAPart, type Part, partsOf } from "./runtime/micro-batches.js";
import { backwardPass, forwardPass, type Network, realizeNetwork, type SavedRun } from "./runtime/network.js";
import { runInTurns } from "./runtime/pieces.js";
import type { Runtime } from "./runtime/runtime.js";
import { hostValues, readTensors } from "./runtime/tensor-store.js";
import type { DeviceTensor } from "./runtime/tensorflow.js";
import { TensorFlowSession } from "./training-session.js";

/** The mean loss of a batch and its gradients, on the device; the receiver frees them. */
export interface BatchGradients {
  readonly loss: DeviceTensor;
  readonly gradients: ReadonlyMap<string, DeviceTensor>;
}

/** The masks' place in a run, but for the image. */
export type TrainingStep = Omit<MaskStep, "firstImage">;

/** A network on a device of TensorFlow.js: batches run in parts that suit the device. */
export class TensorFlowEngine implements Engine {
  readonly augments = true;
  readonly runtime: Runtime;
  readonly network: Network;
  readonly classes: number;
  readonly #source: ImageSource;
  readonly #largestPart: number;

  constructor(runtime: Runtime, architecture: Architecture, options: CompileOptions) {
    const { maxBatch = DEFAULT_MAX_BATCH, imageFormat, precision } = options;
    this.runtime = precision === "mixed" ? runtime.mixed() : runtime;
    this.network = realizeNetwork(this.runtime, architecture);
    this.#source = {
      input: architecture.input,
      ...(imageFormat === undefined ? {} : { format: imageFormat }),
    };
    const { layers } = this.network;
    this.classes = elementCount(at(layers, -1).outputShape);
    const { channels, height, width } = architecture.input;
    const sizes = layers.map(({ outputShape }) => elementCount(outputShape));
    const largest = Math.max(channels * height * width, ...sizes);
    const partImages = imagesAPart(largest * Float32Array.BYTES_PER_ELEMENT, runtime.microBatchBytes);
    this.#largestPart = Math.min(maxBatch, partImages);
  }

  realize(): readonly RealizedPrimitive[] {
    return this.network.layers;
  }

  realization(): Readonly<Record<string, string>> {
    return this.runtime.realization;
  }

  readParameters(): Promise<NamedTensors> {
    return this.network.parameters.read();
  }

  writeParameters(parameters: NamedTensors): void {
    this.network.parameters.write(parameters);
  }

  async predict(batch: Checked<Batch>): Promise<Tensor> {
    const { count } = batch;
    const images = imagesOfBatch(batch, count, this.#source);
    const data = new Float32Array(count * this.classes);
    await this.eachPart(count, async (part) => {
      data.set(await takeValues(await this.scores(images, part)), part.start * this.classes);
    });
    return { shape: [count, this.classes], data };
  }

  async activations(batch: Checked<Batch>): Promise<ReadonlyMap<string, Tensor>> {
    const { count } = batch;
    const images = imagesOfBatch(batch, count, this.#source);
    const joined = new Map<string, { readonly shape: number[]; readonly data: Float32Array }>();
    await this.eachPart(count, async (part) => {
      for (const [name, output] of await this.#outputs(images, part)) {
        const unit = output.shape.slice(1);
        const length = elementCount(unit);
        const whole = joined.get(name) ?? { shape: [count, ...unit], data: new Float32Array(count * length) };
        joined.set(name, whole);
        whole.data.set(await takeValues(output), part.start * length);
      }
    });
    return joined;
  }

  async gradients(batch: Checked<LabelledBatch>): Promise<LossAndGradients> {
    const { runtime } = this;
    const { loss, gradients } = await this.batchGradients(this.readable(batch));
    try {
      return { loss: at(await loss.data(), 0), gradients: await readTensors(runtime, gradients) };
    } finally {
      runtime.tf.dispose([loss, ...gradients.values()]);
    }
  }

  openSession(setup: SessionSetup): EngineSession {
    return new TensorFlowSession(this, setup);
  }

  dispose(): void {
    this.network.parameters.clear();
  }

  /** A batch whose parts can be put on the device. */
  readable(batch: Checked<LabelledBatch>): ReadableBatch {
    const { count } = batch;
    return { count, images: imagesOfBatch(batch, count, this.#source), labels: batch.labels };
  }

  /** The images of the session's data set at these positions, as the epoch augments them. */
  readableAt(indices: Uint32Array, setup: SessionSetup, epoch: number): ReadableBatch {
    return readableAt(indices, setup, epoch, this.#source);
  }

  /** Scores of a part, without dropout; the receiver frees them. Shapes: [N, classes]. */
  scores(images: ImagesOf, part: Part): Promise<DeviceTensor> {
    const { runtime, network } = this;
    const { tf } = runtime;
    return runInTurns(runtime, function* (held) {
      const input = held.run(() => images(tf, part));
      const output = yield* forwardPass(runtime, network, input, held);
      return held.run(() => flattenImages(tf, runtime.operators.toFloat32(output)));
    });
  }

  /** Does something for each part of a batch; the host's event loop has a turn in between. */
  async eachPart(count: number, work: (part: Part) => Promise<void> | void): Promise<void> {
    for (const part of partsOf(count, this.#largestPart)) {
      if (part.start > 0) await hostTurn();
      await work(part);
    }
  }

  /** The gradient of a batch's mean loss; dropout is on in a training step only. */
  async batchGradients(
    { images, labels, count }: ReadableBatch,
    step?: TrainingStep,
  ): Promise<BatchGradients> {
    const { runtime } = this;
    let sum: BatchGradients | undefined;
    await this.eachPart(count, async (part) => {
      const own = await this.#partGradients(images, labels, count, part, step);
      sum = sum === undefined ? own : added(runtime, sum, own);
    });
    return present(sum, "the gradient of a batch that passed the check");
  }

  async #outputs(images: ImagesOf, part: Part): Promise<ReadonlyMap<string, DeviceTensor>> {
    const { runtime, network } = this;
    const { tf } = runtime;
    const last = new Map(network.layers.map((layer) => [layer.layerIndex, layer]));
    const names: string[] = [];
    const tensors = await runInTurns(runtime, function* (held) {
      const outputs: DeviceTensor[] = [];
      const input = held.run(() => images(tf, part));
      yield* forwardPass(runtime, network, input, held, {
        onOutput: (layer, output) => {
          if (last.get(layer.layerIndex) !== layer) return;
          names.push(`net.${layer.layerIndex}`);
          outputs.push(held.run(() => toUserLayout(tf, runtime.operators.toFloat32(output))));
        },
      });
      return outputs;
    });
    return named(names, tensors);
  }

  async #partGradients(
    images: ImagesOf,
    labels: ReadableBatch["labels"],
    count: number,
    part: Part,
    step: TrainingStep | undefined,
  ): Promise<BatchGradients> {
    const { runtime, network } = this;
    const { tf } = runtime;
    const maskOf =
      step === undefined ? {} : { maskOf: dropoutMasks(tf, { ...step, firstImage: part.start }) };
    const names: string[] = [];
    const { loss, tensors } = await runInTurns(runtime, function* (held) {
      const runs: SavedRun[] = [];
      const input = held.run(() => images(tf, part));
      const onRun = (run: SavedRun): unknown => runs.push(run);
      const output = yield* forwardPass(runtime, network, input, held, { onRun, ...maskOf });
      const own = labels.subarray(part.start, part.end);
      const { loss, outputGradient } = held.run(() => {
        const { losses, gradient } = softmaxCrossEntropy(
          tf,
          flattenImages(tf, runtime.operators.toFloat32(output)),
          own,
          count,
        );
        return {
          loss: tf.mul(tf.sum(losses), 1 / count) as DeviceTensor,
          outputGradient: imagesFromFlat(tf, gradient, output.shape),
        };
      });
      held.free(output);
      const gradients = yield* backwardPass(runtime, network, runs, outputGradient, held);
      names.push(...gradients.keys());
      return { loss, tensors: [...gradients.values()] };
    });
    return { loss, gradients: named(names, tensors) };
  }
}

/** The sums of two parts' losses and gradients, which are freed. */
function added(runtime: Runtime, a: BatchGradients, b: BatchGradients): BatchGradients {
  const { tf } = runtime;
  const sum = (x: DeviceTensor, y: DeviceTensor | undefined): DeviceTensor => {
    if (y === undefined) throw new InternalError("parts of a batch have other gradients");
    const total = runtime.tidy(() => tf.add(x, y));
    tf.dispose([x, y]);
    return total;
  };
  return {
    loss: sum(a.loss, b.loss),
    gradients: new Map([...a.gradients].map(([name, x]) => [name, sum(x, b.gradients.get(name))])),
  };
}

async function takeValues(tensor: DeviceTensor): Promise<Float32Array> {
  try {
    return await hostValues(tensor);
  } finally {
    tensor.dispose();
  }
}

function named(
  names: readonly string[],
  tensors: readonly DeviceTensor[],
): ReadonlyMap<string, DeviceTensor> {
  return new Map(tensors.map((tensor, index) => [at(names, index), tensor]));
}
