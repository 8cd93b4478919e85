import type { Flatten } from "@nin/spec";
import { reshape, transpose } from "../graph/layout.js";
import { imageExtents, toNchw } from "./feature-map.js";
import type { Formulation } from "./layer-program.js";

/** To [images, channels * height * width], row-major as in NCHW. */
export const flatten: Formulation<Flatten> = ({ body }, _placed, input) => {
  if (input.layout === "flat") {
    return { output: input, backward: (gradient) => gradient };
  }
  const { height, width, images, channels } = imageExtents(input);
  const value = reshape(body, toNchw(body, input), [images, channels * height * width]);
  return {
    output: { layout: "flat", value },
    backward(gradient, wantsInputGradient) {
      if (!wantsInputGradient) return undefined;
      const nchw = reshape(body, gradient, [images, channels, height, width]);
      return transpose(body, nchw, input.layout === "hwnc" ? [2, 3, 0, 1] : [0, 2, 3, 1]);
    },
  };
};
