import type { Optimizer, Schedule } from "@nin/spec";

/** `AdamW, learning rate 0.003, weight decay 0.0001`; what has no effect or its usual value is left out. */
export function optimizerText(optimizer: Optimizer): string {
  const { learningRate, weightDecay } = optimizer;
  const own =
    optimizer.kind === "sgd"
      ? [optimizer.momentum !== 0 && `momentum ${optimizer.momentum}`]
      : [
          (optimizer.beta1 !== 0.9 || optimizer.beta2 !== 0.999) &&
            `betas ${optimizer.beta1} and ${optimizer.beta2}`,
          optimizer.epsilon !== 1e-8 && `epsilon ${optimizer.epsilon}`,
        ];
  return [
    optimizer.kind === "sgd" ? "SGD" : "AdamW",
    `learning rate ${learningRate}`,
    ...own,
    weightDecay !== 0 && `weight decay ${weightDecay}`,
  ]
    .filter((part) => part !== false)
    .join(", ");
}

/** `cosine, 50 warm-up steps`. */
export function scheduleText({ kind, warmupSteps }: Schedule): string {
  return warmupSteps === 0 ? kind : `${kind}, ${warmupSteps} warm-up step${warmupSteps === 1 ? "" : "s"}`;
}
