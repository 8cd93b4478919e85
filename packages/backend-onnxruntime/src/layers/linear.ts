import type { Linear } from "@nin/spec";
import { add } from "../graph/arithmetic.js";
import { extentsOf } from "../graph/layout.js";
import { columnSums, matMul } from "../graph/matmul.js";
import type { Formulation } from "./layer-program.js";

/** `y = x W^T + b` on [images, features]. */
export const linear: Formulation<Linear> = (context, { layer, name }, input) => {
  const { body } = context;
  const [, inFeatures] = extentsOf(input.value, 2);
  const weight = context.parameter(`${name}.weight`, [layer.outFeatures, inFeatures]);
  const bias = layer.bias ? context.parameter(`${name}.bias`, [layer.outFeatures]) : undefined;
  const product = matMul(body, input.value, weight, { b: true });
  const output = bias === undefined ? product : add(body, product, bias);
  return {
    output: { layout: "flat", value: output },
    backward(gradient, wantsInputGradient) {
      context.gradient(`${name}.weight`, () => matMul(body, gradient, input.value, { a: true }));
      if (bias !== undefined) context.gradient(`${name}.bias`, () => columnSums(body, gradient));
      return wantsInputGradient ? matMul(body, gradient, weight) : undefined;
    },
  };
};
