import type { Command, TensorRef } from "../program/command.js";
import type { ParameterLayout } from "../program/parameter-layout.js";
import type { ConvolveOptions } from "./convolve.js";
import type { LayerKernels } from "./kernel-choice.js";
import { type Gradient, imageLength, type Value } from "./value.js";

/** A layer in a network under construction, its forward commands already there. */
export interface LayerNode {
  readonly output: Value;
  /** Whether the output is that of a ReLU, which wants its gradient masked. */
  readonly afterRelu?: boolean;
  /**
   * Adds the backward commands; gives the gradient by the input, if it is wanted. `inputAfterRelu`:
   * the input is a ReLU's output, so that the gradient may come masked.
   */
  backward(gradient: Gradient, wanted: WantedGradient): Gradient | undefined;
}

export interface WantedGradient {
  readonly ofInput: boolean;
  readonly inputAfterRelu: boolean;
}

/** What a network's commands are built for. */
export interface NetworkOptions {
  /** The most images a micro-batch has. */
  readonly microBatchSize: number;
  readonly parameters: ParameterLayout;
  /** Every layer's output on its own, and no backward pass. */
  readonly everyOutput: boolean;
  /** How a convolution or a linear layer is computed. */
  kernelsOf(layer: ConvolveOptions): LayerKernels;
}

/** Collects a network's commands, in the order in which they run. */
export class NetworkBuilder {
  /** What depends on parameters alone: runs once before a batch's micro-batches, and its results last. */
  readonly prologue: Command[] = [];
  readonly forward: Command[] = [];
  readonly backward: Command[] = [];

  constructor(readonly options: NetworkOptions) {}

  /** A tensor of some floats. */
  tensor(label: string, length: number): TensorRef {
    return { label, sizeBytes: Math.max(length, 4) * Float32Array.BYTES_PER_ELEMENT };
  }

  /** An activation of the largest micro-batch. */
  value(label: string, shape: Omit<Value, "tensor">): Value {
    return { ...shape, tensor: this.tensor(label, this.options.microBatchSize * imageLength(shape)) };
  }

  /** A gradient laid out like a value. */
  gradient(value: Value): TensorRef {
    return this.tensor(`gradient of ${value.tensor.label}`, this.options.microBatchSize * imageLength(value));
  }
}
