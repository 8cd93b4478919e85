import type { Sgd } from "@nin/spec";
import type { OptimizerState } from "../math/optimizer.js";
import type { Parameters64 } from "../tensors/tensor64.js";
import { tensor64 } from "../tensors/tensor64.js";

/**
 * PyTorch's SGD: `g += weightDecay*w; v = momentum*v + g` (the first `v = g`)`; w -= learningRate*v`,
 * on biases too. Without momentum nothing is kept. Changes `parameters` and `state`.
 */
export function stepSgd(
  optimizer: Sgd,
  parameters: Parameters64,
  gradients: Parameters64,
  state: OptimizerState,
  learningRate: number,
): void {
  const { momentum, weightDecay } = optimizer;
  for (const [name, { shape, data: w }] of parameters) {
    const g = gradients.get(name)?.data ?? new Float64Array(w.length);
    const decayed = g.map((value, i) => value + weightDecay * (w[i] ?? 0));
    const previous = state.get(`velocity.${name}`)?.data;
    const v =
      previous === undefined ? decayed : decayed.map((value, i) => momentum * (previous[i] ?? 0) + value);
    if (momentum > 0) state.set(`velocity.${name}`, tensor64(shape, v));
    for (let i = 0; i < w.length; i += 1) w[i] = (w[i] ?? 0) - learningRate * (v[i] ?? 0);
  }
}
