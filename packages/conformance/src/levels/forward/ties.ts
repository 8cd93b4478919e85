import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkEqual } from "../../check/check.js";
import { type TiedNetwork, tiedNetworks } from "../../networks/tied.js";

/** Whole numbers: every value is exact. */
export function forwardOfTies(): readonly ConformanceCase[] {
  return tiedNetworks().map((network) => ({
    id: caseId("forward", "ties", network.name),
    plan: "on small whole numbers every layer's output is the oracle's, exactly",
    source: "oracle",
    quick: true,
    run: (context) => compareTied(context, network),
  }));
}

async function compareTied(
  context: CaseContext,
  { architecture, parameters, batch }: TiedNetwork,
): Promise<void> {
  const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
  for (const each of [model, oracle]) await each.writeParameters(parameters);
  const expected = await oracle.activations(batch);
  for (const [name, { data }] of await model.activations(batch)) {
    // Whether a zero has a sign is nobody's business.
    const values = [...data].map((value) => value + 0);
    checkEqual(
      values,
      [...(expected.get(name)?.data ?? [])].map((value) => value + 0),
      `activation ${name}`,
    );
  }
}
