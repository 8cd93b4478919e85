import type { Precision } from "@nin/backend";

/** Keeps the largest gradients, those of scores, well above the least normal f16 (6e-5) and well below the largest (65504). */
const HEADROOM = 1024;

/**
 * The factor by which all gradients are multiplied on the device, so that f16 does not lose the small ones: a power
 * of two, which rounds nothing. It grows with the batch, whose mean makes gradients smaller by its size.
 *
 * Source: Micikevicius et al., Mixed Precision Training, 2018.
 */
export function gradientScale(precision: Precision, batchSize: number): number {
  if (precision === "f32") return 1;
  return HEADROOM * 2 ** Math.floor(Math.log2(batchSize));
}

/** The gradients without the scale. */
export function unscaled(gradients: Float32Array, scale: number): Float32Array {
  return scale === 1 ? gradients : gradients.map((value) => value / scale);
}
