import { at, type Conv2d } from "@nin/spec";
import type { Operators } from "../operators/operators.js";
import { type PlacedWindow, placeConvolution } from "../operators/window.js";
import type { DeviceTensor } from "../runtime/tensorflow.js";
import { imageSize, type LayerGradients, type LayerKernel, savedTensor } from "./layer-kernel.js";

/** Cross-correlation with zero padding, plus bias. Shapes: input NHWC, weight HWIO. */
export const conv2d: LayerKernel<Conv2d> = {
  allocate({ tf }, layer, input) {
    const inChannels = at(input.shape, -1);
    const weight = tf.zeros([...layer.kernelSize, inChannels, layer.outChannels]);
    return layer.bias ? { weight, bias: tf.zeros([layer.outChannels]) } : { weight };
  },
  forward({ operators }, layer, input, { weight, bias }, training) {
    if (weight === undefined) throw new Error("tfjs: a convolution without weight");
    const window = placeConvolution(layer, imageSize(input.shape));
    const padded = operators.pad(input, window, 0);
    const output = operators.convolve(padded, weight, bias, window);
    return { output, saved: training ? [padded.clone()] : [] };
  },
  backward({ operators }, layer, { outputGradient, saved, inputShape, wantsInput }, { weight, bias }) {
    if (weight === undefined) throw new Error("tfjs: a convolution without weight");
    const window = placeConvolution(layer, imageSize(inputShape));
    const padded = savedTensor(saved);
    const own = parameterGradients(
      operators,
      padded,
      outputGradient,
      window,
      weight.shape,
      bias !== undefined,
    );
    if (!wantsInput) return own;
    const gradient = operators.inputGradient(weight, outputGradient, window, padded.shape);
    return { ...own, input: operators.unpad(gradient, window, inputShape) };
  },
};

function parameterGradients(
  operators: Operators,
  input: DeviceTensor,
  outputGradient: DeviceTensor,
  window: PlacedWindow,
  weightShape: readonly number[],
  hasBias: boolean,
): LayerGradients {
  const given = [input, outputGradient, window, weightShape] as const;
  if (!hasBias) return { weight: operators.weightGradient(...given) };
  return (
    operators.parameterGradients?.(...given) ?? {
      weight: operators.weightGradient(...given),
      bias: operators.biasGradient(outputGradient),
    }
  );
}
