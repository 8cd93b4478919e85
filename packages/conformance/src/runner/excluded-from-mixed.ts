import type { ConformanceCase } from "../case/case.js";

const GRADIENTS =
  "its numbers were sampled for float32: some values are nearer to a kink than a rounding to float16, which moves the oracle's own gradients by more than the tolerance";
const RUN =
  "its numbers were sampled for float32: some values are nearer to a kink than a rounding to float16, which moves the oracle's own runs apart by more than the tolerance";
const MANY_VALUES =
  "in every sample some of its many values are nearer to a kink than a rounding to float16, which moves the oracle's own gradients by more than the tolerance";
const LONG =
  "in every sample of so many steps some value comes nearer to a kink than a rounding to float16, which moves the oracle's own runs apart by more than the tolerance";
const CANCELLED =
  "its numbers were sampled for float32: an output is the remainder of a sum that cancels, of which a rounding to float16 is more than the tolerance";
const BEYOND =
  "its weights are beyond the range of float16: products of infinity and zero are NaN, where float32 has numbers";

/** The cases that mixed precision would decide no better than chance, and why. A test verifies each of them. */
const excludedFromMixed: Readonly<Record<string, string>> = {
  "forward/pytorch/nin-block-mlp-3:batch=5": CANCELLED,
  "gradients/network/nin:batch=2": MANY_VALUES,
  "gradients/scores/overflowed": BEYOND,
  "gradients/pytorch/one-axis-padding:batch=3": GRADIENTS,
  "gradients/pytorch/even-kernels:batch=5": GRADIENTS,
  "gradients/pytorch/nin-block-mlp-2:batch=3": GRADIENTS,
  "gradients/pytorch/nin-block-mlp-3:batch=5": GRADIENTS,
  "gradients/pytorch/nin-block-mlp-4:batch=2": GRADIENTS,
  "gradients/pytorch/wide-convolutions:batch=5": GRADIENTS,
  "gradients/pytorch/nin-size-67:batch=1": GRADIENTS,
  "gradients/pytorch/nin-head-linear-size-67:batch=1": GRADIENTS,
  "gradients/pytorch/nin-mnist-size-12:batch=1": GRADIENTS,
  "gradients/pytorch/nin-cifar10-size-10:batch=1": GRADIENTS,
  "gradients/pytorch/nin-imagenet-classes-20-size-67:batch=1": GRADIENTS,
  "gradients/pytorch/nin:batch=1": GRADIENTS,
  "step/pytorch/ceil-pools:run=adamw-1,steps=1": RUN,
  "step/pytorch/ceil-pools:run=adamw-2,steps=2": RUN,
  "step/pytorch/one-axis-padding:run=sgd-1,steps=1": RUN,
  "step/pytorch/one-axis-padding:run=sgd-2,steps=2": RUN,
  "step/pytorch/one-axis-padding:run=adamw-2,steps=2": RUN,
  "step/pytorch/nin-block-mlp-3:run=sgd-1,steps=1": RUN,
  "step/pytorch/nin-block-mlp-3:run=sgd-2,steps=2": RUN,
  "step/pytorch/nin-block-mlp-3:run=adamw-1,steps=1": RUN,
  "step/pytorch/nin-block-mlp-3:run=adamw-2,steps=2": RUN,
  "trajectory/epochs/nin:optimizer=momentum,epochs=4": LONG,
  "trajectory/epochs/nin:optimizer=adamw,epochs=4": LONG,
  "trajectory/loop/nin:optimizer=adamw,epochs=3": LONG,
  "trajectory/pytorch/linear-head:run=adamw,steps=48": RUN,
  "trajectory/pytorch/nin-block-mlp-1:run=sgd-cosine-warmup,steps=24": RUN,
  "trajectory/pytorch/nin-block-mlp-2:run=sgd-wide,steps=20": RUN,
  "trajectory/pytorch/nin-block-mlp-3:run=sgd-blocks,steps=24": RUN,
  "trajectory/pytorch/dropout:run=sgd-decay-warmup,steps=24": RUN,
};

/** The case, with the reason why it is excluded from mixed precision if it is. */
export function withExclusion(entry: ConformanceCase): ConformanceCase {
  const reason = excludedFromMixed[entry.id];
  return reason === undefined ? entry : { ...entry, notInMixed: reason };
}

/** The ids of all cases that are excluded. */
export const excludedIds: readonly string[] = Object.keys(excludedFromMixed);
