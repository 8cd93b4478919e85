import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { compareGradients } from "../../compare/gradients.js";
import { type TiedNetwork, tiedNetworks } from "../../networks/tied.js";

/** Equal maxima, and zeros before ReLUs. */
export function gradientsOfTies(): readonly ConformanceCase[] {
  return tiedNetworks().map((network) => ({
    id: caseId("gradients", "ties", network.name),
    plan: "of equal maxima the first in row-major order takes the gradient, and none passes a ReLU at 0",
    source: "design rule: PyTorch's, in the reference's tests",
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
  await compareGradients(model, oracle, batch);
}
