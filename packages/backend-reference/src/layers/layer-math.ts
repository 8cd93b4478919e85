import type { Tensor64 } from "../tensors/tensor64.js";

/** A layer's own parameters: those it has. */
export interface LayerParameters {
  readonly weight?: Tensor64;
  readonly bias?: Tensor64;
}

/** What a layer computes with, besides its input. */
export interface LayerOperands extends LayerParameters {
  /** Of a dropout in training: 1 for each unit kept, else 0, in the input's order. */
  readonly kept?: Uint8Array;
}

/** A loss's derivative by a layer's input and by its parameters. */
export interface LayerGradients extends LayerParameters {
  readonly input: Tensor64;
}

/** What a backward pass remembers of the forward pass. */
export interface LayerValues {
  readonly input: Tensor64;
  readonly output: Tensor64;
}

/** One primitive layer kind in float64. Images are NCHW; nothing given is changed. */
export interface LayerMath<Layer> {
  /** Zeros for each parameter that the layer needs for this input. */
  allocate(layer: Layer, input: Tensor64): LayerParameters;
  forward(layer: Layer, input: Tensor64, operands: LayerOperands): Tensor64;
  /** From the loss's derivative by the layer's output. */
  backward(
    layer: Layer,
    outputGradient: Tensor64,
    values: LayerValues,
    operands: LayerOperands,
  ): LayerGradients;
}

/** `allocate` of the kinds without parameters. */
export function noParameters(): LayerParameters {
  return {};
}
