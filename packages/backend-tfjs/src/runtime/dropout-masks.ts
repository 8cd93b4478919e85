import { drawDropoutMask } from "@nin/backend";
import { at, dropoutScale, elementCount, present } from "@nin/spec";
import { userShape } from "../operators/layout.js";
import type { MaskOf } from "./network.js";
import type { DeviceTensor, TensorFlow } from "./tensorflow.js";

/** The position in a run that a step's masks are sampled for. */
export interface MaskStep {
  readonly seed: number;
  readonly step: number;
  /** The first image's place in the whole batch. */
  readonly firstImage: number;
}

/**
 * The masks of a training step, sampled on the host: what each unit is multiplied by. Units are numbered in NCHW order,
 * over the whole batch.
 */
export function dropoutMasks(tf: TensorFlow, { seed, step, firstImage }: MaskStep): MaskOf {
  return ({ layer, layerIndex }, inputShape) => {
    if (layer.kind !== "dropout") throw new Error(`tfjs: a ${layer.kind} has no mask`);
    const [batch, ...unit] = userShape(inputShape);
    const units = elementCount(unit);
    const kept = new Uint8Array(present(batch, "the batch's size") * units);
    drawDropoutMask({ seed, layerIndex, step, rate: layer.rate }, firstImage * units, kept);
    return tf.tensor(factors(kept, unit, dropoutScale(layer.rate)), [...inputShape]) as DeviceTensor;
  };
}

/** 0 or `scale` for each unit, in NHWC. Shapes: unit [C, H, W] or [F]. */
function factors(kept: Uint8Array, unit: readonly number[], scale: number): Float32Array {
  const values = new Float32Array(kept.length);
  const [channels, ...size] = [at(unit, 0), ...unit.slice(1)] as const;
  const pixels = elementCount(size);
  let from = 0;
  for (let image = 0; image < kept.length; image += channels * pixels) {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let to = image + channel; to < image + channels * pixels; to += channels) {
        if (kept[from] === 1) values[to] = scale;
        from += 1;
      }
    }
  }
  return values;
}
