import { reluBackward, reluForward } from "../kernels/elementwise/relu.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import { imageLength, type Value } from "./value.js";

/** A ReLU on its own, after a layer that does not do it along. */
export function relu(builder: NetworkBuilder, name: string, input: Value): LayerNode {
  const output = builder.value(name, input);
  const length = imageLength(output);
  builder.forward.push(reluForward(length, { input: input.tensor, result: output.tensor }));
  return {
    output,
    afterRelu: true,
    backward({ tensor, masked }) {
      if (!masked) builder.backward.push(reluBackward(length, { output: output.tensor, gradient: tensor }));
      return { tensor, masked: false };
    },
  };
}
