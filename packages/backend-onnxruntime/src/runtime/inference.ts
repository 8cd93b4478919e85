import type { Labels } from "@nin/backend";
import { type Architecture, at, classCount, elementCount, type Tensor } from "@nin/spec";
import { fromGraphLayout } from "../layouts/parameter-layout.js";
import { forwardProgram } from "../programs/forward.js";
import { gradientsProgram } from "../programs/gradients.js";
import type { ImageSource } from "../programs/network.js";
import { fillImages, weightedTargets } from "./batch-feeds.js";
import { dialectOf } from "./device-traits.js";
import { byteTensor, type Feeds, type FloatTensor, floats, floatTensor } from "./feeds.js";
import type { ProgramRunner } from "./program-runner.js";
import type { EngineOptions, NamedTensors, WholeBatch } from "./protocol.js";

/** The programs that do not change a model: predictions, activations, gradients. */
export class Inference {
  readonly #classes: number;

  constructor(
    private readonly options: EngineOptions,
    private readonly runner: ProgramRunner,
    /** The number of images in a micro-batch of a batch that is large enough. */
    private readonly microBatch: number,
  ) {
    this.#classes = classCount(options.architecture);
  }

  /** Scores: [count, classes]. */
  async predict(batch: WholeBatch, parameters: Feeds): Promise<Tensor> {
    const results = await this.#forward(batch, parameters, false);
    return withoutFilling(floats(results, "scores"), batch.count);
  }

  /** The output of every primitive layer, in NCHW. */
  async activations(batch: WholeBatch, parameters: Feeds): Promise<NamedTensors> {
    const results = await this.#forward(batch, parameters, true);
    return Object.keys(results).map((name) => [name, withoutFilling(floats(results, name), batch.count)]);
  }

  /** The mean loss and the gradients, as users see them. */
  async gradients(
    batch: WholeBatch,
    labels: Labels,
    parameters: Feeds,
  ): Promise<{ loss: number; gradients: NamedTensors }> {
    const { architecture } = this.options;
    const images = Math.min(batch.count, this.microBatch);
    const source = this.#source(batch);
    const microBatches = Math.ceil(batch.count / images);
    const single = microBatches === 1;
    const compiled = await this.runner.compiled(
      `gradients ${batch.kind} ${images} ${single ? "single" : "looped"}`,
      () =>
        gradientsProgram(architecture, {
          dialect: dialectOf(this.options),
          source,
          microBatchSize: images,
          single,
        }),
    );
    const targets = weightedTargets(labels, batch.count, this.#classes, images);
    const results = await compiled.run({
      ...parameters,
      ...batchFeeds(batch, imageShape(architecture, source), images),
      targets: floatTensor(targets, [microBatches, images, this.#classes]),
    });
    const gradients = [...compiled.program.parameters.keys()].map((name) => {
      const { data, dims } = floats(results, `gradient.${name}`);
      return [name, fromGraphLayout({ shape: dims, data })] as const;
    });
    return { loss: at(floats(results, "loss").data, 0), gradients };
  }

  async #forward(batch: WholeBatch, parameters: Feeds, everyOutput: boolean) {
    const { architecture } = this.options;
    const images = Math.min(batch.count, this.microBatch);
    const source = this.#source(batch);
    const kind = everyOutput ? "activations" : "predict";
    const compiled = await this.runner.compiled(`${kind} ${batch.kind} ${images}`, () =>
      forwardProgram(architecture, {
        dialect: dialectOf(this.options),
        source,
        microBatchSize: images,
        everyOutput,
      }),
    );
    return compiled.run({ ...parameters, ...batchFeeds(batch, imageShape(architecture, source), images) });
  }

  #source(batch: WholeBatch): ImageSource {
    if (batch.kind === "input") return "input";
    if (this.options.imageFormat === undefined)
      throw new Error("the model was compiled without an image format");
    return this.options.imageFormat;
  }
}

/** [channels, height, width] of the images that a program is fed. */
export function imageShape(
  architecture: Architecture,
  source: ImageSource,
): readonly [number, number, number] {
  const { channels, height, width } = source === "input" ? architecture.input : source;
  return [channels, height, width];
}

/** The images as [microBatches, images, channels, height, width]. */
export function batchFeeds(
  batch: { readonly count: number; readonly images: Float32Array | Uint8Array },
  shape: readonly number[],
  images: number,
): Feeds {
  const dims = [Math.ceil(batch.count / images), images, ...shape];
  const data = fillImages(batch, images);
  return data instanceof Uint8Array ? { images: byteTensor(data, dims) } : { input: floatTensor(data, dims) };
}

/** [microBatches, images, ...] to [count, ...]. */
function withoutFilling(tensor: FloatTensor, count: number): Tensor {
  const shape = tensor.dims.slice(2);
  return { shape: [count, ...shape], data: tensor.data.slice(0, count * elementCount(shape)) };
}
