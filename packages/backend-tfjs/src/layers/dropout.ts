import type { Dropout } from "@nin/spec";
import type { DeviceTensor } from "../runtime/tensorflow.js";
import { type LayerKernel, type LayerRuntime, noParameters } from "./layer-kernel.js";

/** Times the mask, which holds 0 and `fround(1/(1-rate))`; without one the identity. Shapes: any. */
export const dropout: LayerKernel<Dropout> = {
  allocate: noParameters,
  forward: (runtime, _layer, input, { mask }) => ({ output: masked(runtime, input, mask), saved: [] }),
  backward: (runtime, _layer, { outputGradient }, { mask }) => ({
    input: masked(runtime, outputGradient, mask),
  }),
};

function masked({ tf }: LayerRuntime, values: DeviceTensor, mask: DeviceTensor | undefined): DeviceTensor {
  return mask === undefined ? tf.clone(values) : tf.mul(values, mask);
}
