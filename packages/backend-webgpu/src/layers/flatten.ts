import { flatten as flattenKernel } from "../kernels/elementwise/flatten.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import { paddedChannels, unitCount, type Value } from "./value.js";

/** Features in row-major NCHW order. An image of one pixel has them so already. */
export function flatten(builder: NetworkBuilder, name: string, input: Value): LayerNode {
  const features = unitCount(input);
  if (input.height * input.width === 1) {
    return { output: { ...input, flat: true }, backward: (gradient) => gradient };
  }
  const shape = { channels: features, height: 1, width: 1, stride: paddedChannels(features), flat: true };
  const output = builder.value(name, shape);
  const dims = {
    channels: input.channels,
    stride: input.stride,
    pixels: input.height * input.width,
    featureStride: output.stride,
  };
  builder.forward.push(flattenKernel(dims, "forward", { input: input.tensor, result: output.tensor }));
  return {
    output,
    backward(gradient, { ofInput }) {
      if (!ofInput) return undefined;
      const tensor = builder.gradient(input);
      builder.backward.push(flattenKernel(dims, "backward", { input: gradient.tensor, result: tensor }));
      return { tensor, masked: false };
    },
  };
}
