import type { Precision } from "@nin/backend";

/** Takes the largest gradients, of scores, far from the least normal f16 (6e-5), and far from the largest (65504). */
const HEADROOM = 1024;

/**
 * What all gradients are times on the device, so that f16 factors do not lose the small ones: a power of
 * two, which rounds nothing. A batch's mean makes them smaller by its size.
 *
 * Source: Micikevicius et al., Mixed Precision Training, 2018.
 */
export function gradientScale(precision: Precision, batchImages: number): number {
  if (precision === "f32") return 1;
  return HEADROOM * 2 ** Math.floor(Math.log2(batchImages));
}

/** Takes the scale back. */
export function unscaled(gradients: Float32Array, scale: number): Float32Array {
  return scale === 1 ? gradients : gradients.map((value) => value / scale);
}
