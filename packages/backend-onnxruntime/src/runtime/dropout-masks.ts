import { drawDropoutMask } from "@nin/backend";
import { type Architecture, at, elementCount, inferLayers, present } from "@nin/spec";

/** A dropout layer and the shape of its units for one image: [channels, height, width] or [features]. */
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

/** The shape of a micro-batch's mask inside graphs: [height, width, images, channels] or [images, features]. */
export function maskShape({ units }: DropoutSite, microBatchSize: number): readonly number[] {
  const channels = at(units, 0);
  return [...units.slice(1), microBatchSize, channels];
}

/**
 * The mask of one training step for all its micro-batches, in the layout of the graph.
 *
 * @param count the number of images in the batch; zeros pad the last micro-batch
 */
export function stepMask(
  site: DropoutSite,
  seed: number,
  step: number,
  count: number,
  microBatchSize: number,
): Uint8Array {
  const { layerIndex, rate } = site;
  const channels = at(site.units, 0);
  const unitCount = elementCount(site.units);
  const pixels = unitCount / channels;
  const microBatches = Math.ceil(count / microBatchSize);
  const mask = new Uint8Array(microBatches * microBatchSize * unitCount);
  const kept = new Uint8Array(unitCount);
  for (let image = 0; image < count; image += 1) {
    drawDropoutMask({ seed, layerIndex, step, rate }, image * unitCount, kept);
    const positionInMicroBatch = image % microBatchSize;
    const first = (image - positionInMicroBatch) * unitCount + positionInMicroBatch * channels;
    const place = channels % 4 === 0 ? placeQuads : placeUnits;
    place(mask, kept, { first, channels, pixels, stride: microBatchSize * channels });
  }
  return mask;
}

/** Where an image's units go: the position of the first one, and the distance between pixels. */
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
      mask[first + pixel * stride + channel] = present(kept[channel * pixels + pixel]);
    }
  }
}

/**
 * The same where the number of channels is a multiple of four, with one write for every four channels, in less than
 * half the time. The first byte of a word is its lowest, as on every platform that the runtime is built for.
 */
function placeQuads(mask: Uint8Array, kept: Uint8Array, placement: Placement): void {
  const { first, channels, pixels, stride } = placement;
  const words = new Uint32Array(mask.buffer);
  for (let channel = 0; channel < channels; channel += 4) {
    let unit = channel * pixels;
    for (let word = (first + channel) / 4; unit < (channel + 1) * pixels; word += stride / 4) {
      words[word] =
        present(kept[unit]) |
        (present(kept[unit + pixels]) << 8) |
        (present(kept[unit + 2 * pixels]) << 16) |
        (present(kept[unit + 3 * pixels]) << 24);
      unit += 1;
    }
  }
}
