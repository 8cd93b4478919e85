import { UnsupportedError } from "@nin/backend";
import { type AvgPool2d, at, type Conv2d, type MaxPool2d, type PlacedLayer, type Size2d } from "@nin/spec";
import { hasMargins, type Margins, type PlacedWindow, placeWindow } from "../operators/window.js";
import { BACKEND_ID } from "../runtime/backend-id.js";
import type { KerasLayer } from "./layers-model.js";

/** What is known of a layer's input, besides its shape. */
export interface InputTraits {
  /** Whether it may hold values below 0, for which zeros are no padding of a max pool. */
  readonly mayBeNegative: boolean;
}

/**
 * A primitive layer in Keras's own ones, on NHWC: one, or several where padding or layout take one of their own.
 *
 * @throws `UnsupportedError` for a pool whose windows no layer of Keras places so.
 */
export function kerasLayers(placed: PlacedLayer, traits: InputTraits): readonly KerasLayer[] {
  const { name, layer, inputShape } = placed;
  switch (layer.kind) {
    case "conv2d":
      return convolution(name, layer, sizeOf(inputShape));
    case "relu":
      return [{ class_name: "Activation", config: { name, activation: "relu" } }];
    case "maxPool2d":
      return maxPool(name, layer, sizeOf(inputShape), traits);
    case "avgPool2d":
      return averagePool(name, layer, sizeOf(inputShape));
    case "dropout":
      return [{ class_name: "Dropout", config: { name, rate: layer.rate } }];
    case "globalAvgPool2d":
      return [
        { class_name: "GlobalAveragePooling2D", config: { name, data_format: "channels_last" } },
        { class_name: "Reshape", config: { name: `${name}.image`, target_shape: [1, 1, inputShape[0]] } },
      ];
    case "flatten":
      return flatten(name, inputShape);
    case "linear":
      return [{ class_name: "Dense", config: { name, units: layer.outFeatures, use_bias: layer.bias } }];
  }
}

function convolution(name: string, layer: Conv2d, size: Size2d): readonly KerasLayer[] {
  const window = placeWindow(layer, size);
  const config = {
    ...windowConfig(name, window),
    filters: layer.outChannels,
    kernel_size: layer.kernelSize,
    use_bias: layer.bias,
  };
  return [...padding(name, window.margins), { class_name: "Conv2D", config }];
}

function maxPool(
  name: string,
  layer: MaxPool2d,
  size: Size2d,
  { mayBeNegative }: InputTraits,
): readonly KerasLayer[] {
  const window = placeWindow(layer, size);
  if (hasMargins(window) && mayBeNegative) throw notPlaced(name);
  const config = { ...windowConfig(name, window), pool_size: layer.kernelSize };
  return [...padding(name, window.margins), { class_name: "MaxPooling2D", config }];
}

/** Zeros of the padding count, what `ceilMode` lets run past it does not: `same` on the padded image does that. */
function averagePool(name: string, layer: AvgPool2d, size: Size2d): readonly KerasLayer[] {
  const margins = layer.padding.map((extent): Margins => [extent, extent]);
  const padded: Size2d = [size[0] + 2 * layer.padding[0], size[1] + 2 * layer.padding[1]];
  const window = placeWindow({ ...layer, padding: [0, 0] }, padded);
  const original = placeWindow(layer, size);
  if (hasMargins(window) || window.outputSize.join() !== original.outputSize.join()) throw notPlaced(name);
  const config = { ...windowConfig(name, window), pool_size: layer.kernelSize };
  return [...padding(name, margins), { class_name: "AveragePooling2D", config }];
}

/** Row-major NCHW, where NHWC has another order. */
function flatten(name: string, inputShape: readonly number[]): readonly KerasLayer[] {
  // Keras flattens images only, and this is done to a matrix.
  if (inputShape.length === 1) return [];
  const [channels, height, width] = [at(inputShape, 0), at(inputShape, 1), at(inputShape, 2)];
  const config = { name, data_format: "channels_last" };
  const permuted = channels > 1 && height * width > 1;
  return [
    ...(permuted ? [{ class_name: "Permute", config: { name: `${name}.nchw`, dims: [3, 1, 2] } }] : []),
    { class_name: "Flatten", config },
  ];
}

function windowConfig(name: string, { stride, pad }: PlacedWindow): KerasLayer["config"] {
  return { name, strides: stride, padding: pad, data_format: "channels_last" };
}

function padding(name: string, margins: readonly Margins[]): readonly KerasLayer[] {
  if (margins.every(([before, after]) => before === 0 && after === 0)) return [];
  const config = { name: `${name}.padding`, padding: margins, data_format: "channels_last" };
  return [{ class_name: "ZeroPadding2D", config }];
}

function sizeOf(shape: readonly number[]): Size2d {
  return [at(shape, 1), at(shape, 2)];
}

function notPlaced(name: string): UnsupportedError {
  return new UnsupportedError(
    BACKEND_ID,
    `${name} as a layer of TensorFlow.js`,
    "a pool without padding, whose windows end with the image or begin at its edge; export to onnx has all",
  );
}
