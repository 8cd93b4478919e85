import { type Architecture, at, entry, inferLayers, type NamedTensors, type Tensor } from "@nin/spec";
import { TrainingOptionError } from "../loop/errors.js";

/** The filters that a network's first convolution lays over the image. */
export interface FilterBank {
  /** The convolution's name: `net.0.0`. */
  readonly layer: string;
  /** Shape: [filters, image channels, height, width]. */
  readonly weight: Tensor;
}

/** A filter as an image. */
export interface FilterImage {
  /** Shape: [channels, height, width], bytes: 128 is a weight of 0, 255 and 0 are plus and minus `largest`. */
  readonly pixels: Uint8Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** The largest absolute weight. */
  readonly largest: number;
}

/**
 * The first convolution's filters, or undefined where the first layer with weights is none.
 *
 * @throws `InternalError` when the parameters are not the architecture's
 *
 * @example
 * ```ts
 * const filters = firstFilters(architecture, await model.readParameters());
 * ```
 */
export function firstFilters(architecture: Architecture, parameters: NamedTensors): FilterBank | undefined {
  const first = inferLayers(architecture).find(({ parameters: own }) => own.length > 0);
  if (first?.layer.kind !== "conv2d") return undefined;
  return { layer: first.name, weight: entry(parameters, `${first.name}.weight`) };
}

/**
 * A filter as an image of as many channels as it has, its weights scaled by the largest of them, so that 0 is mid-grey.
 *
 * @param filter - its position among the bank's, which is the channel of the convolution's output
 * @throws `TrainingOptionError` for a filter that the bank does not have
 */
export function filterImage({ weight }: FilterBank, filter: number): FilterImage {
  const { shape, data } = weight;
  const [filters, channels, height, width] = [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
  if (!Number.isSafeInteger(filter) || filter < 0 || filter >= filters)
    throw new TrainingOptionError("filter", `an integer from 0 to ${filters - 1}`, `${filter}`);
  const size = channels * height * width;
  const weights = Float64Array.from(data.subarray(filter * size, (filter + 1) * size));
  const largest = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const pixels = Uint8Array.from(weights, (value) =>
    largest === 0 ? 128 : Math.round(127.5 * (1 + value / largest)),
  );
  return { pixels, channels, height, width, largest };
}
