import type { Relu } from "@nin/spec";
import { isPositive, multiply, relu as rectify } from "../graph/arithmetic.js";
import type { Formulation } from "./layer-program.js";

/** `max(x, 0)`; the gradient passes where the output is positive. */
export const relu: Formulation<Relu> = ({ body }, _placed, input) => {
  const output = rectify(body, input.value);
  return {
    output: { layout: input.layout, value: output },
    backward: (gradient, wantsInputGradient) =>
      wantsInputGradient ? multiply(body, gradient, isPositive(body, output)) : undefined,
  };
};
