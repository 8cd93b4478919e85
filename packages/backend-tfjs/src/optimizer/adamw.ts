import type { AdamW } from "@nin/spec";
import type { Runtime } from "../runtime/runtime.js";
import type { StepPosition, Update } from "./optimizer.js";

/**
 * PyTorch's AdamW, at step t (from 1): `w *= 1 - learningRate*weightDecay`, then
 * `m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2`, and
 * `w -= learningRate/(1-beta1^t) * m / (sqrt(v)/sqrt(1-beta2^t) + epsilon)`.
 * Factors that are the same for all elements are computed in float64.
 *
 * Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019; torch.optim.AdamW.
 */
export function stepAdamW(
  runtime: Runtime,
  { beta1, beta2, epsilon, weightDecay }: AdamW,
  { parameters, state, gradients }: Update,
  { learningRate, step }: StepPosition,
): void {
  const { tf } = runtime;
  const stepSize = learningRate / (1 - beta1 ** (step + 1));
  const secondCorrection = Math.sqrt(1 - beta2 ** (step + 1));
  for (const [name, gradient] of gradients) {
    const updated = runtime.tidy(() => {
      const m = tf.add(tf.mul(state.get(`moment1.${name}`), beta1), tf.mul(gradient, 1 - beta1));
      const squared = tf.mul(tf.mul(gradient, 1 - beta2), gradient);
      const v = tf.add(tf.mul(state.get(`moment2.${name}`), beta2), squared);
      const decayed = tf.mul(parameters.get(name), 1 - learningRate * weightDecay);
      const denominator = tf.add(tf.div(tf.sqrt(v), tf.scalar(secondCorrection)), epsilon);
      return { m, v, w: tf.sub(decayed, tf.div(tf.mul(m, stepSize), denominator)) };
    });
    parameters.put(name, updated.w);
    state.put(`moment1.${name}`, updated.m);
    state.put(`moment2.${name}`, updated.v);
  }
}
