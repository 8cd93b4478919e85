import { type Architecture, fillDropoutMask, inferLayers } from "@nin/spec";

/** A dropout layer, and the shape of its units in one image: [channels, height, width] or [features]. */
export interface DropoutSite {
  readonly position: number;
  readonly rate: number;
  readonly units: readonly number[];
}

export function dropoutSites(architecture: Architecture): readonly DropoutSite[] {
  return inferLayers(architecture).flatMap(({ layer, position, inputShape }) =>
    layer.kind === "dropout" ? [{ position, rate: layer.rate, units: inputShape }] : [],
  );
}

/** A micro-batch's mask inside graphs: [height, width, images, channels] or [images, features]. */
export function maskShape({ units }: DropoutSite, images: number): readonly number[] {
  const [channels = 0, height, width] = units;
  return height === undefined || width === undefined ? [images, channels] : [height, width, images, channels];
}

/**
 * The mask of one training step, in the graph's layout, all micro-batches.
 *
 * @param count images really in the batch; the rest of the last micro-batch is zeros
 */
export function stepMask(
  site: DropoutSite,
  seed: number,
  step: number,
  count: number,
  images: number,
): Uint8Array {
  const { position, rate } = site;
  const [channels = 0, height = 1, width = 1] = site.units;
  const pixels = height * width;
  const unitCount = channels * pixels;
  const microBatches = Math.ceil(count / images);
  const mask = new Uint8Array(microBatches * images * unitCount);
  const kept = new Uint8Array(unitCount);
  for (let image = 0; image < count; image += 1) {
    fillDropoutMask({ seed, position, step, rate }, image * unitCount, kept);
    const base = Math.floor(image / images) * images * unitCount + (image % images) * channels;
    for (let channel = 0; channel < channels; channel += 1) {
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        mask[base + pixel * images * channels + channel] = kept[channel * pixels + pixel] ?? 0;
      }
    }
  }
  return mask;
}
