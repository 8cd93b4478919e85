import type { Dataset, ImageFormat } from "@nin/backend";
import { type ImageDataset, type ImageSize, resizeImages, resolveRecipe } from "@nin/data";
import { at, type Preprocessing, type Tensor } from "@nin/spec";
import type { LoadedJob } from "../workload/loaded-job.js";
import { uniformNoise } from "../workload/noise.js";

/** Images as bytes that a training session keeps, and how they become inputs. */
export interface TrainingData {
  readonly imageFormat: ImageFormat;
  readonly train: Dataset;
  /** Only of a data set that the job names. */
  readonly test?: ImageDataset;
}

/** The batch of a resident job as a data set of noise. */
export async function residentData(
  { recipe, architecture, batch, labels }: LoadedJob,
  { height, width }: ImageSize,
): Promise<TrainingData> {
  const { channels } = architecture.input;
  const noise = uniformNoise(recipe.seed, batch * channels * height * width);
  const train = {
    images: Uint8Array.from(noise, (value) => Math.floor(256 * value)),
    labels: Uint8Array.from(labels),
  };
  const description = {
    name: "noise",
    classes: 10,
    classNames: [],
    channels,
    height,
    width,
    count: batch,
  };
  const { preprocessing } = await resolveRecipe(recipe, { ...description, ...train });
  return { imageFormat: { channels, height, width, preprocessing }, train };
}

/**
 * The first `count` images of a data set twice: as bytes, and as the input that they stand for.
 *
 * Shapes: [count, channels, height, width] of the network's input.
 */
export function firstImagesTwice(
  { imageFormat, train }: TrainingData,
  to: ImageSize,
  count: number,
): { readonly images: Uint8Array; readonly input: Tensor; readonly labels: Int32Array } {
  const { channels, height, width, preprocessing } = imageFormat;
  const images = train.images.slice(0, count * channels * height * width);
  const planeSize = to.height * to.width;
  const resized = resizeImages(images, { height, width }, to);
  const data = Float32Array.from(resized, (byte, position) =>
    preprocessed(byte, preprocessing, Math.floor(position / planeSize) % channels),
  );
  return {
    images,
    input: { shape: [count, channels, to.height, to.width], data },
    labels: Int32Array.from(train.labels.subarray(0, count)),
  };
}

/** `(x - mean) / std` of a byte scaled to [0, 1]. */
function preprocessed(byte: number, { mean, std }: Preprocessing, channel: number): number {
  const ofChannel = (value: number | readonly number[]): number =>
    typeof value === "number" ? value : at(value, channel);
  return (byte / 255 - ofChannel(mean)) / ofChannel(std);
}
