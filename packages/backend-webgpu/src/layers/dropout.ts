import { type Dropout, dropoutScale, dropoutThreshold } from "@nin/spec";
import { dropoutApply, dropoutMask, maskWords } from "../kernels/elementwise/dropout.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import { unitCount, type Value } from "./value.js";

/** A dropout, which the run's values turn on. */
export function dropout(
  builder: NetworkBuilder,
  layer: Dropout,
  { name, layerIndex }: { readonly name: string; readonly layerIndex: number },
  input: Value,
): LayerNode {
  const output = builder.value(name, input);
  const imageUnits = unitCount(input);
  const kept = builder.tensor(`mask of ${name}`, maskWords(imageUnits, builder.options.microBatchSize));
  const dims = {
    channels: input.channels,
    stride: input.stride,
    pixels: input.height * input.width,
    scale: dropoutScale(layer.rate),
  };
  builder.forward.push(
    dropoutMask({ imageUnits, threshold: dropoutThreshold(layer.rate), layerIndex }, { kept }),
    dropoutApply(dims, { input: input.tensor, kept, result: output.tensor }),
  );
  return {
    output,
    backward(gradient, { ofInput }) {
      if (!ofInput) return undefined;
      const tensor = builder.gradient(input);
      builder.backward.push(dropoutApply(dims, { input: gradient.tensor, kept, result: tensor }));
      return { tensor, masked: false };
    },
  };
}
