/** What a step's kernels are told: the fields of `run.wgsl.ts`, in its order. */
export interface StepUniforms {
  readonly imageCount: number;
  readonly firstImage: number;
  readonly batchSize: number;
  readonly accumulate: boolean;
  readonly training: boolean;
  readonly step: number;
  readonly key: readonly [number, number];
  readonly lossSlot: number;
  /** A power of two. */
  readonly gradientScale: number;
  readonly update: OptimizerUniforms;
}

/** An optimizer step's own values. */
export interface OptimizerUniforms {
  readonly learningRate: number;
  /** SGD's; AdamW's times the learning rate. */
  readonly weightDecay: number;
  /** SGD's, or AdamW's beta1. */
  readonly momentum: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly stepSize: number;
  readonly secondCorrection: number;
  /** SGD: whether there is no velocity yet. */
  readonly firstStep: boolean;
}

/** Distance between two micro-batches' values. Units: bytes. */
export const STEP_UNIFORMS_STRIDE_BYTES = 256;

/** Bytes that kernels read of them. */
export const STEP_UNIFORMS_SIZE_BYTES = 96;

export const NO_UPDATE: OptimizerUniforms = {
  learningRate: 0,
  weightDecay: 0,
  momentum: 0,
  beta2: 0,
  epsilon: 0,
  stepSize: 0,
  secondCorrection: 1,
  firstStep: false,
};

/** The values as bytes, one entry after another. */
export function packStepUniforms(entries: readonly StepUniforms[]): ArrayBuffer {
  const bytes = new ArrayBuffer(entries.length * STEP_UNIFORMS_STRIDE_BYTES);
  entries.forEach((entry, index) => {
    const at = index * STEP_UNIFORMS_STRIDE_BYTES;
    new Uint32Array(bytes, at, 9).set([
      entry.imageCount,
      entry.firstImage,
      entry.batchSize,
      Number(entry.accumulate),
      Number(entry.training),
      entry.step,
      ...entry.key,
      entry.lossSlot,
    ]);
    const { update } = entry;
    new Float32Array(bytes, at + 36, 9).set([
      update.learningRate,
      update.weightDecay,
      update.momentum,
      update.beta2,
      update.epsilon,
      update.stepSize,
      update.secondCorrection,
      1 - update.momentum,
      1 - update.beta2,
    ]);
    new Uint32Array(bytes, at + 72, 1)[0] = Number(update.firstStep);
    new Float32Array(bytes, at + 76, 2).set([entry.gradientScale, 1 / entry.gradientScale]);
  });
  return bytes;
}
