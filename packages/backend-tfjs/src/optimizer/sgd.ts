import type { Sgd } from "@nin/spec";
import type { Runtime } from "../runtime/runtime.js";
import type { StepPosition, Update } from "./optimizer.js";

/**
 * PyTorch's SGD: `g += weightDecay*w; v = momentum*v + g` (the first `v = g`)`; w -= learningRate*v`, on
 * biases too. Without momentum nothing is kept.
 */
export function stepSgd(
  runtime: Runtime,
  { momentum, weightDecay }: Sgd,
  { parameters, state, gradients }: Update,
  { learningRate }: StepPosition,
): void {
  const { tf } = runtime;
  for (const [name, gradient] of gradients) {
    const velocityName = `velocity.${name}`;
    const { parameter, velocity } = runtime.tidy(() => {
      const w = parameters.get(name);
      const previous = state.find(velocityName);
      const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(w, weightDecay));
      const v = previous === undefined ? decayed : tf.add(tf.mul(previous, momentum), decayed);
      return {
        parameter: tf.sub(w, tf.mul(v, learningRate)),
        velocity: momentum === 0 ? undefined : tf.clone(v),
      };
    });
    parameters.put(name, parameter);
    if (velocity !== undefined) state.put(velocityName, velocity);
  }
}
