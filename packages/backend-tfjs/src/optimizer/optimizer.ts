import { optimizerSlots } from "@nin/backend";
import type { AdamW, Optimizer, Sgd } from "@nin/spec";
import type { Runtime } from "../runtime/runtime.js";
import type { TensorStore } from "../runtime/tensor-store.js";
import type { DeviceTensor } from "../runtime/tensorflow.js";

/** Where a step stands in a run, and its rate. */
export interface StepPosition {
  readonly learningRate: number;
  /** Steps done before it. */
  readonly step: number;
}

/** What an update changes and takes. */
export interface Update {
  readonly parameters: TensorStore;
  /** `velocity.<parameter>`, or `moment1.<parameter>` and `moment2.<parameter>`. */
  readonly state: TensorStore;
  readonly gradients: ReadonlyMap<string, DeviceTensor>;
}

/** The state before the first step: zeros for AdamW, nothing for SGD, whose first velocity is the gradient. */
export function initializeState(
  runtime: Runtime,
  optimizer: Optimizer,
  parameters: TensorStore,
  state: TensorStore,
): void {
  state.clear();
  if (optimizer.kind === "sgd") return;
  for (const slot of optimizerSlots(optimizer)) {
    for (const name of parameters.names) {
      state.put(
        `${slot}.${name}`,
        runtime.tidy(() => runtime.tf.zerosLike(parameters.get(name))),
      );
    }
  }
}

/** One update of all parameters. */
export function stepOptimizer(
  runtime: Runtime,
  optimizer: Optimizer,
  update: Update,
  position: StepPosition,
): void {
  if (optimizer.kind === "sgd") stepSgd(runtime, optimizer, update, position);
  else stepAdamW(runtime, optimizer, update, position);
}

/**
 * PyTorch's SGD: `g += weightDecay*w; v = momentum*v + g` (the first `v = g`)`; w -= learningRate*v`, on
 * biases too. Without momentum nothing is kept.
 */
function stepSgd(
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

/**
 * PyTorch's AdamW, at step t (from 1): `w *= 1 - learningRate*weightDecay`, then
 * `m = beta1*m + (1-beta1)*g; v = beta2*v + (1-beta2)*g^2`, and
 * `w -= learningRate/(1-beta1^t) * m / (sqrt(v)/sqrt(1-beta2^t) + epsilon)`.
 * Factors that are the same for all elements are computed in float64.
 *
 * Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, 2019; torch.optim.AdamW.
 */
function stepAdamW(
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
