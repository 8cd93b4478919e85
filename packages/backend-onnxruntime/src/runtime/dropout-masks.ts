import { type Architecture, fillDropoutMask, inferLayers } from "@nin/spec";

/** A dropout layer, and the shape of its units in one image: [channels, height, width] or [features]. */
export interface DropoutSite {
  readonly layerIndex: number;
  readonly rate: number;
  readonly units: readonly number[];
}

export function dropoutSites(architecture: Architecture): readonly DropoutSite[] {
  return inferLayers(architecture).flatMap(({ layer, layerIndex, inputShape }) =>
    layer.kind === "dropout" ? [{ layerIndex, rate: layer.rate, units: inputShape }] : [],
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
  const { layerIndex, rate } = site;
  const [channels = 0, height = 1, width = 1] = site.units;
  const pixels = height * width;
  const unitCount = channels * pixels;
  const microBatches = Math.ceil(count / images);
  const mask = new Uint8Array(microBatches * images * unitCount);
  const kept = new Uint8Array(unitCount);
  for (let image = 0; image < count; image += 1) {
    fillDropoutMask({ seed, layerIndex, step, rate }, image * unitCount, kept);
    const first = Math.floor(image / images) * images * unitCount + (image % images) * channels;
    const place = channels % 4 === 0 ? placeQuads : placeUnits;
    place(mask, kept, { first, channels, pixels, stride: images * channels });
  }
  return mask;
}

/** Where an image's units go: the first one's place, and how far apart its pixels are. */
interface Placement {
  readonly first: number;
  readonly channels: number;
  readonly pixels: number;
  readonly stride: number;
}

/** Copies an image's units from [channels, pixels] to [pixels, channels]. */
function placeUnits(mask: Uint8Array, kept: Uint8Array, placement: Placement): void {
  const { first, channels, pixels, stride } = placement;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      mask[first + pixel * stride + channel] = kept[channel * pixels + pixel] ?? 0;
    }
  }
}

/**
 * The same for channels in fours, each four in one write, in less than half the time. The first byte of a
 * word is its lowest, as on every platform that the runtime is built for.
 */
function placeQuads(mask: Uint8Array, kept: Uint8Array, placement: Placement): void {
  const { first, channels, pixels, stride } = placement;
  const words = new Uint32Array(mask.buffer);
  for (let channel = 0; channel < channels; channel += 4) {
    let unit = channel * pixels;
    for (let word = (first + channel) / 4; unit < (channel + 1) * pixels; word += stride / 4) {
      words[word] =
        (kept[unit] ?? 0) |
        ((kept[unit + pixels] ?? 0) << 8) |
        ((kept[unit + 2 * pixels] ?? 0) << 16) |
        ((kept[unit + 3 * pixels] ?? 0) << 24);
      unit += 1;
    }
  }
}
