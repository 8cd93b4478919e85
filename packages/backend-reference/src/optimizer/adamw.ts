import { optimizerStateShapes } from "@nin/backend";
import type { AdamW } from "@nin/spec";
import type { OptimizerState } from "../math/optimizer.js";
import { shapesOf } from "../parameters.js";
import type { Parameters64 } from "../tensors/tensor64.js";
import { tensor64 } from "../tensors/tensor64.js";

/**
 * PyTorch's AdamW, at step t (from 1): `w *= 1 - learningRate*weightDecay`, then
 * `m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2`, and
 * `w -= learningRate/(1-beta1^t) * m / (sqrt(v)/sqrt(1-beta2^t) + epsilon)`.
 * Changes `parameters` and `state`.
 *
 * Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019; torch.optim.AdamW.
 */
export function stepAdamW(
  optimizer: AdamW,
  parameters: Parameters64,
  gradients: Parameters64,
  state: OptimizerState,
  learningRate: number,
  t: number,
): void {
  const { beta1, beta2, epsilon, weightDecay } = optimizer;
  const stepSize = learningRate / (1 - beta1 ** t);
  const secondCorrection = Math.sqrt(1 - beta2 ** t);
  for (const [name, { data: w }] of parameters) {
    const g = gradients.get(name)?.data ?? new Float64Array(w.length);
    const m = state.get(`moment1.${name}`)?.data ?? new Float64Array(w.length);
    const v = state.get(`moment2.${name}`)?.data ?? new Float64Array(w.length);
    for (let i = 0; i < w.length; i += 1) {
      const gi = g[i] ?? 0;
      const mi = beta1 * (m[i] ?? 0) + (1 - beta1) * gi;
      const vi = beta2 * (v[i] ?? 0) + (1 - beta2) * gi * gi;
      const decayed = (w[i] ?? 0) * (1 - learningRate * weightDecay);
      w[i] = decayed - (stepSize * mi) / (Math.sqrt(vi) / secondCorrection + epsilon);
      m[i] = mi;
      v[i] = vi;
    }
  }
}

/** The moments before the first step: zeros. */
export function initialMoments(optimizer: AdamW, parameters: Parameters64): OptimizerState {
  const shapes = optimizerStateShapes(optimizer, shapesOf(parameters));
  return new Map([...shapes].map(([name, shape]) => [name, tensor64(shape)] as const));
}
