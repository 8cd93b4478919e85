import type { Architecture } from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check } from "../../check/check.js";
import { checkNan } from "../../check/not-finite.js";
import { checkNames } from "../../check/tensors.js";
import { heParameters } from "../../drawing/random-batch.js";
import { batchWithNan, notFiniteTrainings } from "../../networks/not-finite.js";

/** A NaN in an image makes NaN of the loss, and of every gradient that depends on it. */
export function gradientsOfNotFinite(): readonly ConformanceCase[] {
  return notFiniteTrainings().map(({ name, architecture, quick }) => ({
    id: caseId("gradients", "not-finite", name),
    plan: "a NaN in one of two images makes NaN of the loss, and of every gradient that is NaN in the oracle",
    source: "oracle, PyTorch's rule",
    quick,
    run: (context) => compareGradientsWithNan(context, architecture),
  }));
}

async function compareGradientsWithNan(context: CaseContext, architecture: Architecture): Promise<void> {
  const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
  for (const each of [model, oracle]) await each.writeParameters(heParameters(architecture, 1));
  const batch = batchWithNan(architecture);
  const actual = await model.gradients(batch);
  const expected = await oracle.gradients(batch);
  check(Number.isNaN(actual.loss), `loss: expected NaN, got ${actual.loss}`);
  checkNames(actual.gradients, expected.gradients, "gradient");
  for (const [name, tensor] of expected.gradients) {
    checkNan(actual.gradients.get(name), tensor, `gradient ${name}`);
  }
}
