import type { MixedFactors } from "@nin/backend";
import type { ConformanceCase } from "../case/case.js";
import type { Arithmetic } from "../case/tolerances.js";

/** Why cases are excluded from an arithmetic whose factors have this type. */
function reasonsOf(type: MixedFactors) {
  const atKinks = `nearer to a kink than a rounding to ${type}, which moves the oracle's own`;
  return {
    gradients: `its numbers were sampled for float32: some values are ${atKinks} gradients by more than the tolerance`,
    run: `its numbers were sampled for float32: some values are ${atKinks} runs apart by more than the tolerance`,
    manyValues: `in every sample some of its many values are ${atKinks} gradients by more than the tolerance`,
    long: `in every sample of so many steps some value comes ${atKinks} runs apart by more than the tolerance`,
    cancelled: `its numbers were sampled for float32: an output is the remainder of a sum that cancels, of which a rounding to ${type} is more than the tolerance`,
    coarse: `its numbers were sampled for float32: roundings to ${type} alone take more than half of the tolerance`,
    beyond: `its weights are beyond the range of ${type}: products of infinity and zero are NaN, where float32 has numbers`,
  };
}

const half = reasonsOf("float16");
const brain = reasonsOf("bfloat16");

/** The cases that mixed precision would decide no better than chance, and why. A test verifies each of them. */
const excludedFromMixed: Readonly<Record<string, string>> = {
  "forward/pytorch/nin-block-mlp-3:batch=5": half.cancelled,
  "gradients/network/nin:batch=2": half.manyValues,
  "gradients/scores/overflowed": half.beyond,
  "gradients/pytorch/one-axis-padding:batch=3": half.gradients,
  "gradients/pytorch/even-kernels:batch=5": half.gradients,
  "gradients/pytorch/nin-block-mlp-2:batch=3": half.gradients,
  "gradients/pytorch/nin-block-mlp-3:batch=5": half.gradients,
  "gradients/pytorch/nin-block-mlp-4:batch=2": half.gradients,
  "gradients/pytorch/wide-convolutions:batch=5": half.gradients,
  "gradients/pytorch/nin-size-67:batch=1": half.gradients,
  "gradients/pytorch/nin-head-linear-size-67:batch=1": half.gradients,
  "gradients/pytorch/nin-mnist-size-12:batch=1": half.gradients,
  "gradients/pytorch/nin-cifar10-size-10:batch=1": half.gradients,
  "gradients/pytorch/nin-imagenet-classes-20-size-67:batch=1": half.gradients,
  "gradients/pytorch/nin:batch=1": half.gradients,
  "step/pytorch/ceil-pools:run=adamw-1,steps=1": half.run,
  "step/pytorch/ceil-pools:run=adamw-2,steps=2": half.run,
  "step/pytorch/one-axis-padding:run=sgd-1,steps=1": half.run,
  "step/pytorch/one-axis-padding:run=sgd-2,steps=2": half.run,
  "step/pytorch/one-axis-padding:run=adamw-2,steps=2": half.run,
  "step/pytorch/nin-block-mlp-3:run=sgd-1,steps=1": half.run,
  "step/pytorch/nin-block-mlp-3:run=sgd-2,steps=2": half.run,
  "step/pytorch/nin-block-mlp-3:run=adamw-1,steps=1": half.run,
  "step/pytorch/nin-block-mlp-3:run=adamw-2,steps=2": half.run,
  "trajectory/epochs/nin:optimizer=momentum,epochs=4": half.long,
  "trajectory/epochs/nin:optimizer=adamw,epochs=4": half.long,
  "trajectory/loop/nin:optimizer=adamw,epochs=3": half.long,
  "trajectory/pytorch/linear-head:run=adamw,steps=48": half.run,
  "trajectory/pytorch/nin-block-mlp-1:run=sgd-cosine-warmup,steps=24": half.run,
  "trajectory/pytorch/nin-block-mlp-2:run=sgd-wide,steps=20": half.run,
  "trajectory/pytorch/nin-block-mlp-3:run=sgd-blocks,steps=24": half.run,
  "trajectory/pytorch/dropout:run=sgd-decay-warmup,steps=24": half.run,
};

/** The cases that factors of bfloat16 would decide no better than chance, and why. A test verifies each of them. */
const excludedFromBfloat16: Readonly<Record<string, string>> = {
  "forward/pytorch/nin-block-mlp-2:batch=3": brain.coarse,
  "forward/pytorch/nin-block-mlp-3:batch=5": brain.coarse,
  "forward/pytorch/nin-block-mlp-4:batch=2": brain.coarse,
  "forward/pytorch/dropout:batch=1": brain.coarse,
  "forward/pytorch/nin-mnist-size-12:batch=1": brain.coarse,
  "forward/pytorch/nin-imagenet-classes-20-size-67:batch=1": brain.coarse,
  "gradients/network/nin:batch=2": brain.manyValues,
  "gradients/network/nin-cifar10:batch=2": brain.manyValues,
  "gradients/pytorch/one-axis-padding:batch=3": brain.gradients,
  "gradients/pytorch/nin-block-mlp-2:batch=3": brain.gradients,
  "gradients/pytorch/nin-block-mlp-3:batch=5": brain.gradients,
  "gradients/pytorch/nin-block-mlp-4:batch=2": brain.gradients,
  "gradients/pytorch/dropout:batch=1": brain.gradients,
  "gradients/pytorch/every-kind:batch=3": brain.gradients,
  "gradients/pytorch/wide-convolutions:batch=5": brain.gradients,
  "gradients/pytorch/nin-size-67:batch=1": brain.gradients,
  "gradients/pytorch/nin-head-linear-size-67:batch=1": brain.gradients,
  "gradients/pytorch/nin-mnist-size-12:batch=1": brain.gradients,
  "gradients/pytorch/nin-cifar10-size-10:batch=1": brain.gradients,
  "gradients/pytorch/nin-imagenet-classes-20-size-67:batch=1": brain.gradients,
  "gradients/pytorch/nin:batch=1": brain.gradients,
  "step/pytorch/ceil-pools:run=adamw-1,steps=1": brain.run,
  "step/pytorch/ceil-pools:run=adamw-2,steps=2": brain.run,
  "step/pytorch/one-axis-padding:run=sgd-1,steps=1": brain.run,
  "step/pytorch/one-axis-padding:run=adamw-1,steps=1": brain.run,
  "step/pytorch/one-axis-padding:run=adamw-2,steps=2": brain.run,
  "step/pytorch/linear-head:run=adamw-1,steps=1": brain.run,
  "step/pytorch/linear-head:run=adamw-2,steps=2": brain.run,
  "step/pytorch/linear-head-without-bias:run=sgd-1,steps=1": brain.run,
  "step/pytorch/linear-head-without-bias:run=sgd-2,steps=2": brain.run,
  "step/pytorch/linear-head-without-bias:run=adamw-1,steps=1": brain.run,
  "step/pytorch/linear-head-without-bias:run=adamw-2,steps=2": brain.run,
  "step/pytorch/nin-block-mlp-3:run=sgd-1,steps=1": brain.run,
  "step/pytorch/nin-block-mlp-3:run=sgd-2,steps=2": brain.run,
  "step/pytorch/nin-block-mlp-3:run=adamw-1,steps=1": brain.run,
  "step/pytorch/nin-block-mlp-3:run=adamw-2,steps=2": brain.run,
  "step/pytorch/dropout:run=sgd-1,steps=1": brain.run,
  "step/pytorch/dropout:run=sgd-2,steps=2": brain.run,
  "step/pytorch/dropout:run=adamw-1,steps=1": brain.run,
  "step/pytorch/dropout:run=adamw-2,steps=2": brain.run,
  "trajectory/epochs/linear-head:optimizer=sgd,epochs=4": brain.long,
  "trajectory/epochs/linear-head:optimizer=momentum,epochs=4": brain.long,
  "trajectory/epochs/linear-head:optimizer=adamw,epochs=4": brain.long,
  "trajectory/partial-batch/last-of-1": brain.long,
  "trajectory/evaluation/between-epochs": brain.long,
  "trajectory/pytorch/linear-head:run=adamw,steps=48": brain.run,
  "trajectory/pytorch/nin-block-mlp-1:run=sgd-cosine-warmup,steps=24": brain.run,
  "trajectory/pytorch/nin-block-mlp-3:run=sgd-blocks,steps=24": brain.run,
  "trajectory/pytorch/dropout:run=sgd-decay-warmup,steps=24": brain.run,
  "trajectory/pytorch/dropout:run=adamw-dropout,steps=20": brain.run,
  "trajectory/pytorch/every-kind:run=adamw-cosine-warmup,steps=24": brain.run,
  "trajectory/pytorch/three-channels:run=adamw-three-channels,steps=24": brain.run,
};

const excluded: Readonly<Partial<Record<Arithmetic, Readonly<Record<string, string>>>>> = {
  mixed: excludedFromMixed,
  bfloat16: excludedFromBfloat16,
};

/** The case, with the reasons why it is excluded from an arithmetic if it is. */
export function withExclusion(entry: ConformanceCase): ConformanceCase {
  const reasons = Object.entries(excluded).flatMap(([arithmetic, cases]) => {
    const reason = cases[entry.id];
    return reason === undefined ? [] : [[arithmetic, reason] as const];
  });
  return reasons.length === 0 ? entry : { ...entry, notIn: Object.fromEntries(reasons) };
}

/** The ids of all cases that are excluded from an arithmetic. */
export function excludedIds(arithmetic: Arithmetic): readonly string[] {
  return Object.keys(excluded[arithmetic] ?? {});
}
