import type { MaxPool2d } from "@nin/spec";
import { maxPoolBackward, maxPoolForward } from "../kernels/pool/max-pool.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import { imageLength, type Value } from "./value.js";
import { poolGeometry } from "./window.js";

/** A max pool. It remembers where each window's first maximum lies. */
export function maxPool2d(builder: NetworkBuilder, layer: MaxPool2d, name: string, input: Value): LayerNode {
  const { dims, outputShape } = poolGeometry(layer, input);
  const output = builder.value(name, outputShape);
  const largest = builder.tensor(`largest of ${name}`, builder.options.microBatchSize * imageLength(output));
  builder.forward.push(maxPoolForward(dims, { input: input.tensor, result: output.tensor, largest }));
  return {
    output,
    backward(gradient, { ofInput }) {
      if (!ofInput) return undefined;
      const tensor = builder.gradient(input);
      builder.backward.push(
        maxPoolBackward(dims, { outputGradient: gradient.tensor, largest, inputGradient: tensor }),
      );
      return { tensor, masked: false };
    },
  };
}
