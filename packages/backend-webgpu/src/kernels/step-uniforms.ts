import { UNIFORM_ALIGNMENT_BYTES } from "../device/buffers.js";
import { type Fields, roundUp, uniformStruct, type ValuesOf } from "../device/uniform-struct.js";

const FIELDS = {
  /** Images of this micro-batch. */
  imageCount: "u32",
  /** Its first image's place in the batch. */
  firstImage: "u32",
  /** Images of the whole batch. */
  batchSize: "u32",
  /** Whether to add to the gradients of earlier micro-batches. */
  accumulate: "flag",
  /** Whether dropout is on. */
  training: "flag",
  /** Training steps done before. */
  step: "u32",
  /** The epoch, from 0. */
  epoch: "u32",
  /** Philox's key, low word first: the seed. */
  key: "vec2u",
  /** Where the loss is added up. */
  lossSlot: "u32",
  /** A power of two that all gradients are multiplied by on the device. */
  gradientScale: "f32",
  /** 1 / gradientScale. */
  gradientUnscale: "f32",
  learningRate: "f32",
  /** SGD's; AdamW's times the learning rate. */
  weightDecay: "f32",
  /** SGD: whether there is no velocity yet. */
  firstStep: "flag",
  /** SGD's momentum, or AdamW's beta1. */
  momentum: "f32",
  beta2: "f32",
  /** 1 - momentum, rounded once. */
  blend1: "f32",
  /** 1 - beta2, rounded once. */
  blend2: "f32",
  epsilon: "f32",
  /** AdamW: learningRate / (1 - beta1^t). */
  stepSize: "f32",
  /** AdamW: sqrt(1 - beta2^t). */
  secondCorrection: "f32",
} as const satisfies Fields;

/**
 * What every kernel may ask about the step that it runs in, as `uniforms`: binding 1 of each, with a dynamic
 * offset, since the micro-batches of a step differ in nothing else.
 */
export const stepUniforms = uniformStruct(FIELDS);

type Values = ValuesOf<typeof FIELDS>;

/** What an optimizer's kernel asks for. */
export type OptimizerUniforms = Pick<
  Values,
  | "learningRate"
  | "weightDecay"
  | "firstStep"
  | "momentum"
  | "beta2"
  | "epsilon"
  | "stepSize"
  | "secondCorrection"
>;

/** What is the same for all micro-batches of a step. */
export interface StepFlags extends Pick<Values, "training" | "step" | "epoch" | "key" | "lossSlot"> {
  readonly update: OptimizerUniforms;
}

/** The uniforms of a micro-batch. */
export interface StepUniforms
  extends StepFlags,
    Pick<Values, "imageCount" | "firstImage" | "batchSize" | "accumulate" | "gradientScale"> {}

/** A run that neither draws random numbers nor updates anything. */
export const INFERENCE: StepFlags = {
  training: false,
  step: 0,
  epoch: 0,
  key: [0, 0],
  lossSlot: 0,
  update: {
    learningRate: 0,
    weightDecay: 0,
    firstStep: false,
    momentum: 0,
    beta2: 0,
    epsilon: 0,
    stepSize: 0,
    secondCorrection: 1,
  },
};

/** From one micro-batch's uniforms to the next one's. Units: bytes. */
export const STEP_UNIFORMS_STRIDE_BYTES = roundUp(stepUniforms.sizeBytes, UNIFORM_ALIGNMENT_BYTES);

/** The uniforms of some micro-batches, one after another. */
export function packStepUniforms(microBatches: readonly StepUniforms[]): ArrayBuffer {
  const bytes = new ArrayBuffer(microBatches.length * STEP_UNIFORMS_STRIDE_BYTES);
  const view = new DataView(bytes);
  microBatches.forEach((microBatch, index) => {
    stepUniforms.write(valuesOf(microBatch), view, index * STEP_UNIFORMS_STRIDE_BYTES);
  });
  return bytes;
}

/** Field by field, since this runs at every step and spreading objects takes several times as long. */
function valuesOf(own: StepUniforms): Values {
  const { update } = own;
  return {
    imageCount: own.imageCount,
    firstImage: own.firstImage,
    batchSize: own.batchSize,
    accumulate: own.accumulate,
    training: own.training,
    step: own.step,
    epoch: own.epoch,
    key: own.key,
    lossSlot: own.lossSlot,
    gradientScale: own.gradientScale,
    gradientUnscale: 1 / own.gradientScale,
    learningRate: update.learningRate,
    weightDecay: update.weightDecay,
    firstStep: update.firstStep,
    momentum: update.momentum,
    beta2: update.beta2,
    blend1: 1 - update.momentum,
    blend2: 1 - update.beta2,
    epsilon: update.epsilon,
    stepSize: update.stepSize,
    secondCorrection: update.secondCorrection,
  };
}
