import type { LabelledBatch, Model } from "@nin/backend";
import { type Tolerances, tolerances } from "../case/tolerances.js";
import type { LabelledInput } from "../networks/inputs.js";
import { checkNumber } from "./check.js";
import { checkNames, checkTensor, checkTensors } from "./tensors.js";

/** Fails unless every layer's output and the scores are the oracle's. Both models already have the parameters. */
export async function compareForward(
  model: Model,
  oracle: Model,
  batch: LabelledInput,
  { smallCase }: Tolerances,
): Promise<void> {
  checkTensors(await model.activations(batch), await oracle.activations(batch), "activation", smallCase);
  checkTensor(await model.predict(batch), await oracle.predict(batch), "scores", smallCase);
}

/** How far the loss and the gradients may be from the expected ones. Units: relative; relative L2. */
export interface GradientAllowance {
  readonly loss: number;
  readonly gradients: (parameter: string) => number;
}

/** The small case's tolerance for the loss and for every gradient. */
export function flatAllowance({ smallCase }: Tolerances): GradientAllowance {
  return { loss: smallCase, gradients: () => smallCase };
}

/**
 * Fails unless the loss and every parameter's gradient are the oracle's. Both models already have the parameters.
 *
 * @param allowed - the tolerance; that of small cases in float32 by default
 * @throws ConformanceFailure
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
