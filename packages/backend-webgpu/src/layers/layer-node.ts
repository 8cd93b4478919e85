import type { Gradient, Value } from "./value.js";

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
