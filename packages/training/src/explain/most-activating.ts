import type { Batch, Model } from "@nin/backend";
import { at, type Tensor } from "@nin/spec";
import { TrainingOptionError } from "../loop/errors.js";
import { mapSize } from "./feature-maps.js";

/** Which layers are looked at, and how much is kept. */
export interface ActivityOptions {
  /** Names of layers whose outputs have channels, such as `featureLayers` gives. */
  readonly layers: readonly string[];
  /** How many images are kept for each channel; 8 by default. */
  readonly top?: number;
}

/** An image and how strongly it activates a channel. */
export interface ActivatingImage {
  /** Its position among all images, from 0. */
  readonly image: number;
  /** The largest value of the channel's map. */
  readonly activation: number;
}

/** How a channel reacts to many images: statistics of each image's largest value. */
export interface ChannelActivity {
  readonly channel: number;
  readonly mean: number;
  /** Standard deviation, the population's. */
  readonly deviation: number;
  /** The images that activate it most, the strongest first, of equals the first. */
  readonly top: readonly ActivatingImage[];
}

/** How the channels of a layer react to many images. */
export interface LayerActivity {
  readonly layer: string;
  /** Of its maps. */
  readonly height: number;
  readonly width: number;
  /** The number of images. */
  readonly count: number;
  /** All channels, in order. */
  readonly channels: readonly ChannelActivity[];
}

/**
 * Which images activate each channel of some layers most. An image activates a channel by the largest value of the
 * channel's map, wherever it is. Nothing of the images is kept but these numbers.
 *
 * @param batches - the images, in order, each batch of at most the model's `maxBatch`
 * @returns one entry for each of `layers`
 * @throws `TrainingOptionError` for a layer that the network does not have or that has no channels, for no layers, for
 *   a `top` that is no positive integer, or without images; `BatchError`
 *
 * @example
 * ```ts
 * const [block] = await mostActivating(model, [{ images }], { layers: ["net.0"], top: 4 });
 * for (const channel of variedChannels(block, 8)) console.log(channel, block.channels[channel].top);
 * ```
 */
export async function mostActivating(
  model: Pick<Model, "activations">,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { layers, top = 8 }: ActivityOptions,
): Promise<readonly LayerActivity[]> {
  if (!Number.isSafeInteger(top) || top < 1)
    throw new TrainingOptionError("top", "a positive integer", `${top}`);
  if (layers.length === 0) throw new TrainingOptionError("layers", "at least one name", "none");
  const watched = layers.map((layer) => ({ layer, statistics: new LayerStatistics(layer, top) }));
  let count = 0;
  for await (const batch of batches) {
    const outputs = await model.activations(batch);
    for (const { layer, statistics } of watched) {
      const output = outputs.get(layer);
      if (output === undefined) {
        const names = [...outputs.keys()].join(", ");
        throw new TrainingOptionError("layers", `names among ${names}`, layer);
      }
      statistics.add(output, count);
    }
    count += at(at([...outputs.values()], 0).shape, 0);
  }
  if (count === 0) throw new TrainingOptionError("batches", "at least one image", "none");
  return watched.map(({ statistics }) => statistics.result(count));
}

/**
 * The channels of a layer that say most about how its images differ: those whose activations have the largest standard
 * deviation, the largest first. Of a single image, those that it activates most. A channel that is 0 for every image is
 * never among them.
 *
 * @param most - how many channels at most
 */
export function variedChannels({ channels, count }: LayerActivity, most: number): readonly number[] {
  const weight = (channel: ChannelActivity): number => (count > 1 ? channel.deviation : channel.mean);
  return channels
    .filter((channel) => !isSilent(channel))
    .sort((a, b) => weight(b) - weight(a) || a.channel - b.channel)
    .slice(0, most)
    .map(({ channel }) => channel);
}

/** Whether a channel's largest value was 0 for every image: behind a ReLU it then passes nothing on. */
export function isSilent({ mean, deviation }: ChannelActivity): boolean {
  return mean === 0 && deviation === 0;
}

/** The running statistics of a layer's channels. */
class LayerStatistics {
  readonly #channels: { mean: number; squares: number; readonly top: ActivatingImage[] }[] = [];
  #size = { height: 0, width: 0 };

  constructor(
    private readonly layer: string,
    private readonly top: number,
  ) {}

  /** @param before - how many images came before these */
  add({ shape, data }: Tensor, before: number): void {
    const { channels, height, width } = mapSize(`layers: ${this.layer}`, shape);
    this.#size = { height, width };
    while (this.#channels.length < channels) this.#channels.push({ mean: 0, squares: 0, top: [] });
    const size = height * width;
    for (let row = 0; row < at(shape, 0) * channels; row += 1) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let place = row * size; place < (row + 1) * size; place += 1) {
        const value = data[place] as number;
        if (value > largest) largest = value;
      }
      this.#addImage(row % channels, before + Math.floor(row / channels), largest);
    }
  }

  result(count: number): LayerActivity {
    const channels = this.#channels.map(({ mean, squares, top }, channel) => ({
      channel,
      mean,
      deviation: Math.sqrt(squares / count),
      top,
    }));
    return { layer: this.layer, ...this.#size, count, channels };
  }

  #addImage(channel: number, image: number, activation: number): void {
    const own = at(this.#channels, channel);
    // Welford's update: sums of squares would cancel.
    const difference = activation - own.mean;
    own.mean += difference / (image + 1);
    own.squares += difference * (activation - own.mean);
    const { top } = own;
    if (top.length === this.top && activation <= at(top, -1).activation) return;
    const weaker = top.findIndex((other) => other.activation < activation);
    top.splice(weaker < 0 ? top.length : weaker, 0, { image, activation });
    if (top.length > this.top) top.pop();
  }
}
