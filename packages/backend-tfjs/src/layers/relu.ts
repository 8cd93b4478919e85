import type { Relu } from "@nin/spec";
import { type LayerKernel, noParameters, savedTensor } from "./layer-kernel.js";

/** `max(x, 0)`, its derivative at 0 being 0. */
export const relu: LayerKernel<Relu> = {
  allocate: noParameters,
  forward({ operators }, _layer, input, _operands, training) {
    const output = operators.relu(input);
    return { output, saved: training ? [output.clone()] : [] };
  },
  backward: ({ operators }, _layer, { outputGradient, saved }) => ({
    input: operators.reluGradient(outputGradient, savedTensor(saved)),
  }),
};
