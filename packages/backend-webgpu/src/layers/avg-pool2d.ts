import type { AvgPool2d } from "@nin/spec";
import { avgPoolBackward, avgPoolForward } from "../kernels/pool/avg-pool.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import type { Value } from "./value.js";
import { poolGeometry, type Window } from "./window.js";

export function avgPool2d(builder: NetworkBuilder, layer: AvgPool2d, name: string, input: Value): LayerNode {
  return averageOver(builder, layer, name, input);
}

/** The mean of each window. */
export function averageOver(builder: NetworkBuilder, window: Window, name: string, input: Value): LayerNode {
  const { dims, outputShape } = poolGeometry(window, input);
  const output = builder.value(name, outputShape);
  builder.forward.push(avgPoolForward(dims, { input: input.tensor, result: output.tensor }));
  return {
    output,
    backward(gradient, { ofInput }) {
      if (!ofInput) return undefined;
      const tensor = builder.gradient(input);
      builder.backward.push(
        avgPoolBackward(dims, { outputGradient: gradient.tensor, inputGradient: tensor }),
      );
      return { tensor, masked: false };
    },
  };
}
