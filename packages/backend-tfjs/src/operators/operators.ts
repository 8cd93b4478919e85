import type { PrimitiveKind } from "@nin/spec";
import type { DeviceTensor } from "../runtime/tensorflow.js";
import type { PlacedWindow } from "./window.js";

/** What a max pool gives, and what its gradient needs of it. */
export interface MaxPooled {
  readonly output: DeviceTensor;
  /** Kept for the gradient, in the operators' own form. */
  readonly saved: readonly DeviceTensor[];
}

/** The derivatives of a convolution by its parameters, in float32. */
export interface ParameterGradients {
  readonly weight: DeviceTensor;
  readonly bias: DeviceTensor;
}

/**
 * The operators in which devices differ: TensorFlow.js's own, and those of native TensorFlow, which has more.
 * Images are NHWC, weights HWIO. Padding has been applied where a window's is neither `valid` nor `same`.
 */
export interface Operators {
  /** A layer's input, or the gradient of its output, in the type that layers of its kind take. */
  enter(kind: PrimitiveKind, value: DeviceTensor): DeviceTensor;
  /** What a layer gave, as float32. */
  toFloat32(value: DeviceTensor): DeviceTensor;
  /** An image with the window's rows and columns around it; the image itself where there are none. */
  pad(image: DeviceTensor, window: PlacedWindow, value: number): DeviceTensor;
  /** What `pad` was given, in the shape `size`, out of what it gave. */
  unpad(image: DeviceTensor, window: PlacedWindow, size: readonly number[]): DeviceTensor;
  /** Whether max pools pad on their own; otherwise they are only given images that are padded already. */
  readonly poolsPad: boolean;
  /** `x * weight + bias`. */
  convolve(
    input: DeviceTensor,
    weight: DeviceTensor,
    bias: DeviceTensor | undefined,
    window: PlacedWindow,
  ): DeviceTensor;
  /** The derivative of a convolution by its weight, in the shape `weightShape`, in float32. */
  weightGradient(
    input: DeviceTensor,
    outputGradient: DeviceTensor,
    window: PlacedWindow,
    weightShape: readonly number[],
  ): DeviceTensor;
  /** `weightGradient` with `biasGradient`, where a device has both in one pass over memory. */
  parameterGradients?(
    input: DeviceTensor,
    outputGradient: DeviceTensor,
    window: PlacedWindow,
    weightShape: readonly number[],
  ): ParameterGradients | undefined;
  /** The derivative of a convolution by its input, in the shape `inputShape`. */
  inputGradient(
    weight: DeviceTensor,
    outputGradient: DeviceTensor,
    window: PlacedWindow,
    inputShape: readonly number[],
  ): DeviceTensor;
  /** The sum over all axes but the last, in float32. */
  biasGradient(outputGradient: DeviceTensor): DeviceTensor;
  /** `max(x, 0)`; NaN stays NaN. */
  relu(input: DeviceTensor): DeviceTensor;
  /** The gradient where the ReLU's output is positive, 0 where it is 0. */
  reluGradient(outputGradient: DeviceTensor, output: DeviceTensor): DeviceTensor;
  /** What a max pool gave, with the NaN of the image that it may have lost. */
  keepNan(pooled: DeviceTensor, image: DeviceTensor): DeviceTensor;
  maxPool(input: DeviceTensor, window: PlacedWindow): MaxPooled;
  /** The gradient at each window's first maximum in row-major order. */
  maxPoolGradient(
    outputGradient: DeviceTensor,
    saved: readonly DeviceTensor[],
    window: PlacedWindow,
  ): DeviceTensor;
}
