import type { AvgPool2d } from "@nin/spec";
import { avgPoolBackward, avgPoolForward } from "../kernels/pool/pool.js";
import type { LayerNode } from "./layer-node.js";
import type { NetworkBuilder } from "./network-builder.js";
import { poolGeometry } from "./pool-geometry.js";
import type { Value } from "./value.js";
import type { Window } from "./window.js";

export function avgPool2d(builder: NetworkBuilder, layer: AvgPool2d, name: string, input: Value): LayerNode {
  return averageOver(builder, layer, name, input);
}

/** The mean of each window. */
export function averageOver(builder: NetworkBuilder, window: Window, name: string, input: Value): LayerNode {
  const { dims, outputShape } = poolGeometry(window, input);
  const output = builder.value(name, outputShape);
  builder.forward.push(avgPoolForward(dims, input.tensor, output.tensor));
  return {
    output,
    backward(gradient, { ofInput }) {
      if (!ofInput) return undefined;
      const tensor = builder.gradient(input);
      builder.backward.push(avgPoolBackward(dims, gradient.tensor, tensor));
      return { tensor, masked: false };
    },
  };
}
