import type { Model } from "@nin/backend";
import { checkTensor, checkTensors } from "../check/tensors.js";
import type { LabelledInput } from "../drawing/random-batch.js";
import type { Tolerances } from "../tolerances.js";

/** Fails unless every layer's output and the scores are the oracle's. Both have the parameters already. */
export async function compareForward(
  model: Model,
  oracle: Model,
  batch: LabelledInput,
  { smallCase }: Tolerances,
): Promise<void> {
  checkTensors(await model.activations(batch), await oracle.activations(batch), "activation", smallCase);
  checkTensor(await model.predict(batch), await oracle.predict(batch), "scores", smallCase);
}
