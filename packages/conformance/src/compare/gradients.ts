import type { LabelledBatch, Model } from "@nin/backend";
import { checkNumber } from "../check/check.js";
import { checkTensors } from "../check/tensors.js";
import { tolerances } from "../tolerances.js";

/** Fails unless the loss and every parameter's gradient are the oracle's. Both have the parameters already. */
export async function compareGradients(model: Model, oracle: Model, batch: LabelledBatch): Promise<void> {
  const actual = await model.gradients(batch);
  const expected = await oracle.gradients(batch);
  checkNumber(actual.loss, expected.loss, "loss", tolerances.smallCase);
  checkTensors(actual.gradients, expected.gradients, "gradient", tolerances.smallCase);
}
