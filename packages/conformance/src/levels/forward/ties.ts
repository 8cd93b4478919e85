import type { Model } from "@nin/backend";
import type { Tensor } from "@nin/spec";
import type { ConformanceCase } from "../../case.js";
import { checkEqual } from "../../check/check.js";
import type { LabelledInput } from "../../drawing/random-batch.js";
import { tieBreakingCases } from "../tied-cases.js";

/** Whole numbers: every value is exact. */
export function forwardOfTies(): readonly ConformanceCase[] {
  return tieBreakingCases("forward", {
    plan: "on small whole numbers every layer's output is the oracle's, exactly",
    source: "oracle",
    compare: compareExactly,
  });
}

async function compareExactly(model: Model, oracle: Model, batch: LabelledInput): Promise<void> {
  const expected = await oracle.activations(batch);
  for (const [name, tensor] of await model.activations(batch)) {
    checkEqual(unsignedZeros(tensor), unsignedZeros(expected.get(name)), `activation ${name}`);
  }
}

/** Whether a zero has a sign is nobody's business. */
function unsignedZeros(tensor: Tensor | undefined): readonly number[] {
  return [...(tensor?.data ?? [])].map((value) => value + 0);
}
