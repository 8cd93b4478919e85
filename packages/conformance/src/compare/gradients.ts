import type { LabelledBatch, Model } from "@nin/backend";
import { checkNumber } from "../check/check.js";
import { checkNames, checkTensor } from "../check/tensors.js";
import { type Tolerances, tolerances } from "../tolerances.js";

/** What loss and gradients may differ by. Units: relative; relative L2. */
export interface GradientAllowance {
  readonly loss: number;
  readonly gradients: (parameter: string) => number;
}

/** The small case's tolerance for all. */
export function flatAllowance({ smallCase }: Tolerances): GradientAllowance {
  return { loss: smallCase, gradients: () => smallCase };
}

/**
 * Fails unless the loss and every parameter's gradient are the oracle's, by default within float32's tolerance
 * of small cases. Both have the parameters already.
 */
export async function compareGradients(
  model: Model,
  oracle: Model,
  batch: LabelledBatch,
  allowed: GradientAllowance = flatAllowance(tolerances.f32),
): Promise<void> {
  const actual = await model.gradients(batch);
  const expected = await oracle.gradients(batch);
  checkNumber(actual.loss, expected.loss, "loss", allowed.loss);
  checkNames(actual.gradients, expected.gradients, "gradient");
  for (const [name, tensor] of expected.gradients) {
    checkTensor(actual.gradients.get(name), tensor, `gradient ${name}`, allowed.gradients(name));
  }
}
