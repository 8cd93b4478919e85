/** SGD with everything that an update can have. */
export const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } as const;

/** SGD that remembers nothing. */
export const PLAIN_SGD = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;

export const ADAMW = {
  kind: "adamw",
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
} as const;
