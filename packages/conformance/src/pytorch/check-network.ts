import type { Model } from "@nin/backend";
import { check, checkNumber } from "../check/check.js";
import type { GradientAllowance } from "../compare/gradients.js";
import type { NetworkAllowance } from "./allowed.js";
import { checkTensorDigest, checkTensorDigests } from "./check-kept-tensor.js";
import { syntheticBatch, syntheticParameters } from "./drawn-data.js";
import type { PyTorchFixture } from "./fixture.js";
import type { TensorDigest } from "./kept-tensor.js";

/** Fails unless every layer's output, and the scores, are the fixture's. Writes the fixture's weights. */
export async function checkForward(
  model: Model,
  fixture: PyTorchFixture,
  { activations }: Pick<NetworkAllowance, "activations">,
): Promise<void> {
  const { architecture, data } = fixture;
  const { input } = syntheticBatch(architecture, data);
  await model.writeParameters(syntheticParameters(architecture, data));
  checkTensorDigests(await model.activations({ input }), fixture.activations, "activation", activations);
  const [name, scores] = lastActivation(fixture);
  checkTensorDigest(await model.predict({ input }), scores, "scores", activations(name));
}

/** Fails unless the loss and every gradient are the fixture's. Writes the fixture's weights. */
export async function checkGradients(
  model: Model,
  fixture: PyTorchFixture,
  allowed: GradientAllowance,
): Promise<void> {
  const { architecture, data } = fixture;
  await model.writeParameters(syntheticParameters(architecture, data));
  const { loss, gradients } = await model.gradients(syntheticBatch(architecture, data));
  checkNumber(loss, fixture.loss, "loss", allowed.loss);
  checkTensorDigests(gradients, fixture.gradients, "gradient", allowed.gradients);
}

function lastActivation({ activations }: PyTorchFixture): readonly [string, TensorDigest] {
  const last = [...activations].at(-1);
  check(last !== undefined, "fixture: expected at least one activation");
  return last;
}
