import { at, type Linear } from "@nin/spec";
import { type LayerKernel, savedTensor } from "./layer-kernel.js";

/** `y = x W^T + b`. Shapes: input [N, in], weight [out, in], output [N, out]. */
export const linear: LayerKernel<Linear> = {
  allocate({ tf }, { outFeatures, bias }, input) {
    const weight = tf.zeros([outFeatures, at(input.shape, 1)]);
    return bias ? { weight, bias: tf.zeros([outFeatures]) } : { weight };
  },
  forward({ tf }, _layer, input, { weight, bias }, training) {
    if (weight === undefined) throw new Error("tfjs: a linear layer without weight");
    const product = tf.matMul(input, weight, false, true);
    return {
      output: bias === undefined ? product : tf.add(product, bias),
      saved: training ? [tf.clone(input)] : [],
    };
  },
  backward({ tf, operators }, _layer, { outputGradient, saved, wantsInput }, { weight, bias }) {
    if (weight === undefined) throw new Error("tfjs: a linear layer without weight");
    return {
      weight: tf.matMul(outputGradient, savedTensor(saved), true, false),
      ...(bias === undefined ? {} : { bias: operators.biasGradient(outputGradient) }),
      ...(wantsInput ? { input: tf.matMul(outputGradient, weight) } : {}),
    };
  },
};
