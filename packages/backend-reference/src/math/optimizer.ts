import { optimizerStateShapes } from "@nin/backend";
import { type AdamW, entry, type Optimizer, present, type Sgd } from "@nin/spec";
import { type Parameters64, shapesOf, type Tensor64, tensor64 } from "../tensors/tensor64.js";

/** What an optimizer remembers: `velocity.<parameter>`, `moment1.<parameter>`, `moment2.<parameter>`. */
export type OptimizerState = Map<string, Tensor64>;

/** Where a step stands in a run, and its rate. */
export interface StepPosition {
  readonly learningRate: number;
  /** Steps done before it. */
  readonly step: number;
}

/** The state before the first step: AdamW's moments are zeros, SGD's velocities come to be in that step. */
export function initialState(optimizer: Optimizer, parameters: Parameters64): OptimizerState {
  if (optimizer.kind === "sgd") return new Map();
  const shapes = optimizerStateShapes(optimizer, shapesOf(parameters));
  return new Map([...shapes].map(([name, shape]) => [name, tensor64(shape)] as const));
}

/** One update. Changes `parameters` and `state`. */
export function stepOptimizer(
  optimizer: Optimizer,
  parameters: Parameters64,
  gradients: Parameters64,
  state: OptimizerState,
  { learningRate, step }: StepPosition,
): void {
  if (optimizer.kind === "sgd") stepSgd(optimizer, parameters, gradients, state, learningRate);
  else stepAdamW(optimizer, parameters, gradients, state, learningRate, step + 1);
}

/**
 * PyTorch's SGD: `g += weightDecay*w; v = momentum*v + g` (the first `v = g`)`; w -= learningRate*v`,
 * on biases too. Without momentum nothing is kept.
 */
function stepSgd(
  { momentum, weightDecay }: Sgd,
  parameters: Parameters64,
  gradients: Parameters64,
  state: OptimizerState,
  learningRate: number,
): void {
  for (const [name, { shape, data: w }] of parameters) {
    const v = entry(gradients, name).data.map((g, i) => g + weightDecay * present(w[i]));
    const previous = state.get(`velocity.${name}`)?.data;
    previous?.forEach((velocity, i) => {
      v[i] = momentum * velocity + present(v[i]);
    });
    if (momentum > 0) state.set(`velocity.${name}`, tensor64(shape, v));
    for (let i = 0; i < w.length; i += 1) w[i] = present(w[i]) - learningRate * present(v[i]);
  }
}

/**
 * PyTorch's AdamW, at step t (from 1): `w *= 1 - learningRate*weightDecay`, then
 * `m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2`, and
 * `w -= learningRate/(1-beta1^t) * m / (sqrt(v)/sqrt(1-beta2^t) + epsilon)`.
 *
 * Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019; torch.optim.AdamW.
 */
function stepAdamW(
  { beta1, beta2, epsilon, weightDecay }: AdamW,
  parameters: Parameters64,
  gradients: Parameters64,
  state: OptimizerState,
  learningRate: number,
  t: number,
): void {
  const stepSize = learningRate / (1 - beta1 ** t);
  const secondCorrection = Math.sqrt(1 - beta2 ** t);
  for (const [name, { data: w }] of parameters) {
    const g = entry(gradients, name).data;
    const m = entry(state, `moment1.${name}`).data;
    const v = entry(state, `moment2.${name}`).data;
    for (let i = 0; i < w.length; i += 1) {
      const gi = present(g[i]);
      const mi = beta1 * present(m[i]) + (1 - beta1) * gi;
      const vi = beta2 * present(v[i]) + (1 - beta2) * gi * gi;
      const decayed = present(w[i]) * (1 - learningRate * weightDecay);
      w[i] = decayed - (stepSize * mi) / (Math.sqrt(vi) / secondCorrection + epsilon);
      m[i] = mi;
      v[i] = vi;
    }
  }
}
