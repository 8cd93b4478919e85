/**
 * What every kernel may ask about the step it runs in. Binding 1 of each, with a dynamic offset: a
 * step's micro-batches differ in nothing else. `run-values.ts` writes it.
 */
export const stepUniformsWgsl = /* wgsl */ `
struct Run {
  images: u32,          // in this micro-batch
  firstImage: u32,      // its place in the batch
  batchImages: u32,     // in the whole batch
  accumulate: u32,      // 1: add to the gradients of earlier micro-batches
  training: u32,        // 1: dropout is on
  step: u32,            // training steps done before
  keyLow: u32,          // Philox key: the seed
  keyHigh: u32,
  slot: u32,            // where the loss is added up
  learningRate: f32,
  weightDecay: f32,
  momentum: f32,        // SGD's, or AdamW's beta1
  beta2: f32,
  epsilon: f32,
  stepSize: f32,        // AdamW: learningRate / (1 - beta1^t)
  secondCorrection: f32,// AdamW: sqrt(1 - beta2^t)
  blend1: f32,          // 1 - beta1, rounded once
  blend2: f32,          // 1 - beta2
  firstStep: u32,       // SGD: 1 while there is no velocity
  gradientScale: f32,   // a power of two: what all gradients are times, on the device
  gradientUnscale: f32, // 1 / gradientScale
}
@group(0) @binding(1) var<uniform> run: Run;
`;
