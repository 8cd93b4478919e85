import type { RealizedLayer } from "@nin/backend";
import {
  type Architecture,
  at,
  elementCount,
  inferLayers,
  type PlacedLayer,
  type Shape,
  type Tensor,
} from "@nin/spec";
import { TrainingOptionError } from "../loop/errors.js";

/** A network as its backend realized it: a `Model`. */
export interface RealizedNetwork {
  readonly layers: readonly Pick<RealizedLayer, "name" | "kind" | "outputShape">[];
}

/** One channel of a layer's output for one image. */
export interface FeatureMap {
  /** Shape: [height, width], row-major. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * One channel of one image, out of what `Model.activations` gives of a layer; a copy.
 *
 * @param output - shape [N, channels, height, width]
 * @throws `TrainingOptionError` for another shape, or an image or a channel that it does not have
 *
 * @example
 * ```ts
 * const outputs = await model.activations({ images });
 * const map = featureMap(entry(outputs, "net.3"), 0, 12);
 * ```
 */
export function featureMap({ shape, data }: Tensor, image: number, channel: number): FeatureMap {
  const { channels, height, width } = mapSize("output", shape);
  requireBelow("image", image, at(shape, 0));
  requireBelow("channel", channel, channels);
  const size = height * width;
  const start = (image * channels + channel) * size;
  return { values: Float32Array.from(data.subarray(start, start + size)), height, width };
}

/** The size of an output of shape [N, channels, height, width]. @throws `TrainingOptionError` for another shape */
export function mapSize(
  name: string,
  shape: Shape,
): { readonly channels: number; readonly height: number; readonly width: number } {
  if (shape.length !== 4) {
    const given = `[${shape.join(", ")}]`;
    throw new TrainingOptionError(name, "an output of shape [N, channels, height, width]", given);
  }
  return { channels: at(shape, 1), height: at(shape, 2), width: at(shape, 3) };
}

/**
 * The layers that detect features: every NiN block, and every convolution, with the ReLU that follows it where one does.
 *
 * @returns their names, in network order: `net.0`, `net.3`
 */
export function featureLayers({ layers }: RealizedNetwork): readonly string[] {
  return layers.flatMap(({ name, kind }, index) => {
    if (kind === "ninBlock") return [name];
    if (kind !== "conv2d") return [];
    const next = layers[index + 1];
    return [next?.kind === "relu" ? next.name : name];
  });
}

/** What `Model.activations` gives of one image. Units: bytes. */
export function activationBytes({ layers }: RealizedNetwork): number {
  const elements = layers.reduce((sum, { outputShape }) => sum + elementCount(outputShape), 0);
  return elements * Float32Array.BYTES_PER_ELEMENT;
}

/**
 * How much of a network's input one position of a layer's output depends on, padding excluded: along each axis
 * `1 + sum of (kernel size - 1) * product of the strides before it`, but at most the input. Behind a layer that has no
 * window, such as global average pooling, it is the whole input.
 *
 * @param layer - the name of an entry of `layers`: `net.3`
 * @throws `TrainingOptionError` for a name that the architecture does not have
 *
 * Units: pixels of the network's input, after the resize.
 */
export function receptiveField(
  architecture: Architecture,
  layer: string,
): { readonly height: number; readonly width: number } {
  const placed = inferLayers(architecture);
  const end = placed.findIndex(({ layerIndex, last }) => last && `net.${layerIndex}` === layer);
  if (end < 0) throw new TrainingOptionError("layer", "the name of a layer", layer);
  const { height, width } = architecture.input;
  const path = placed.slice(0, end + 1);
  return { height: extent(path, 0, height), width: extent(path, 1, width) };
}

function extent(path: readonly PlacedLayer[], axis: 0 | 1, inputSize: number): number {
  let [size, jump] = [1, 1];
  for (const { layer } of path) {
    if (layer.kind === "relu" || layer.kind === "dropout") continue;
    if (!("kernelSize" in layer)) return inputSize;
    size += (layer.kernelSize[axis] - 1) * jump;
    jump *= layer.stride[axis];
  }
  return Math.min(size, inputSize);
}

function requireBelow(name: string, value: number, count: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value < count) return;
  throw new TrainingOptionError(name, `an integer from 0 to ${count - 1}`, `${value}`);
}
