import type { Optimizer } from "@nin/spec";
import type { OptimizerUniforms } from "../kernels/step-uniforms.js";

/** The optimizer's uniforms of the step that comes after `step` others. */
export function updateValues(
  optimizer: Optimizer,
  learningRate: number,
  { step, hasState }: { readonly step: number; readonly hasState: boolean },
): OptimizerUniforms {
  if (optimizer.kind === "sgd") {
    const { momentum, weightDecay } = optimizer;
    return {
      learningRate,
      weightDecay,
      momentum,
      beta2: 0,
      epsilon: 0,
      stepSize: 0,
      secondCorrection: 1,
      firstStep: !hasState,
    };
  }
  const { beta1, beta2, epsilon, weightDecay } = optimizer;
  return {
    learningRate,
    weightDecay: learningRate * weightDecay,
    momentum: beta1,
    beta2,
    epsilon,
    stepSize: learningRate / (1 - beta1 ** (step + 1)),
    secondCorrection: Math.sqrt(1 - beta2 ** (step + 1)),
    firstStep: false,
  };
}
