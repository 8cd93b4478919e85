import type { Conv2d, MaxPool2d, PlacedLayer } from "@nin/spec";
import { convolution } from "../convolution/convolution.js";
import { add, isPositive, multiply, relu } from "../graph/arithmetic.js";
import { columnSums } from "../graph/matmul.js";
import type { FeatureMap } from "../layouts/feature-map.js";
import type { LayerContext, LayerProgram } from "./layer-program.js";
import { poolMaximum } from "./max-pool2d.js";

/** A convolution and the layers behind it that are cheaper to compute together with it. */
export interface ConvBlock {
  readonly placed: PlacedLayer & { readonly layer: Conv2d };
  readonly relu: boolean;
  /**
   * A max pool behind the ReLU. Adding a bias and rectifying never change which value is the largest, so the pool is
   * computed first and both run on its smaller output.
   */
  readonly pool?: MaxPool2d;
}

/** `relu(pool(conv(x)) + bias)`. */
export function convBlock(context: LayerContext, block: ConvBlock, input: FeatureMap): LayerProgram {
  const { body } = context;
  const { name, layer } = block.placed;
  const convolved = convolution(context, name, layer, input);
  const map: FeatureMap = { layout: "hwnc", value: convolved.output };
  const pooled = block.pool === undefined ? undefined : poolMaximum(body, block.pool, map);
  const linear = pooled?.output.value ?? convolved.output;
  const bias = layer.bias ? context.parameter(`${name}.bias`, [layer.outChannels]) : undefined;
  const shifted = bias === undefined ? linear : add(body, linear, bias);
  const output = block.relu ? relu(body, shifted) : shifted;
  return {
    output: { layout: "hwnc", value: output },
    backward(outputGradient, wantsInputGradient) {
      const gradient = block.relu ? multiply(body, outputGradient, isPositive(body, output)) : outputGradient;
      if (bias !== undefined) context.gradient(`${name}.bias`, () => columnSums(body, gradient));
      const spread = pooled === undefined ? gradient : pooled.backward(gradient, true);
      return spread === undefined ? undefined : convolved.backward(spread, wantsInputGradient);
    },
  };
}
