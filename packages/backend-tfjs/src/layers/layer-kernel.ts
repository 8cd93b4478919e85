import type { Size2d } from "@nin/spec";
import type { Operators } from "../operators/operators.js";
import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";

/** What a layer computes with. */
export interface LayerRuntime {
  readonly tf: TensorFlow;
  readonly operators: Operators;
}

/** A layer's own parameters: those it has. */
export interface LayerParameters {
  readonly weight?: DeviceTensor;
  readonly bias?: DeviceTensor;
}

/** What a layer computes with, besides its input. */
export interface LayerOperands extends LayerParameters {
  /** Of a dropout in training: what each unit is multiplied by, in the input's layout. */
  readonly mask?: DeviceTensor;
}

/** What a forward pass gives. Each tensor has an owner of its own: aliases are clones. */
export interface LayerRun {
  readonly output: DeviceTensor;
  /** What the backward pass needs. */
  readonly saved: readonly DeviceTensor[];
}

/** A loss's derivative by a layer's input, where it is wanted, and by its parameters. */
export interface LayerGradients extends LayerParameters {
  readonly input?: DeviceTensor;
}

/** What a backward pass starts from. */
export interface LayerBackward {
  readonly outputGradient: DeviceTensor;
  /** What the forward pass saved. */
  readonly saved: readonly DeviceTensor[];
  /** Of the forward pass's input. */
  readonly inputShape: readonly number[];
  /** The first layers' inputs are images, which have no gradient. */
  readonly wantsInput: boolean;
}

/** One primitive layer kind on a device. Images are NHWC; nothing given is changed or freed. */
export interface LayerKernel<Layer> {
  /** Zeros for each parameter that the layer needs for this input. */
  allocate(runtime: LayerRuntime, layer: Layer, input: DeviceTensor): LayerParameters;
  /** With `training` it saves what a backward pass needs. */
  forward(
    runtime: LayerRuntime,
    layer: Layer,
    input: DeviceTensor,
    operands: LayerOperands,
    training: boolean,
  ): LayerRun;
  backward(runtime: LayerRuntime, layer: Layer, run: LayerBackward, operands: LayerOperands): LayerGradients;
}

/** `allocate` of the kinds without parameters. */
export function noParameters(): LayerParameters {
  return {};
}

/** [height, width] of an NHWC image. */
export function imageSize(shape: readonly number[]): Size2d {
  const [, height, width] = shape;
  if (shape.length !== 4 || height === undefined || width === undefined) {
    throw new Error(`tfjs: a layer on images was given [${shape.join(", ")}]`);
  }
  return [height, width];
}

/** A tensor that a forward pass saved. */
export function savedTensor(saved: readonly DeviceTensor[], index = 0): DeviceTensor {
  const tensor = saved[index];
  if (tensor === undefined) throw new Error("tfjs: a backward pass without its forward pass");
  return tensor;
}
