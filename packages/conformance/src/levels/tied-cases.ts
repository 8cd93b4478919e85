import type { Model } from "@nin/backend";
import type { ConformanceCase } from "../case.js";
import { caseId } from "../case-id.js";
import type { LabelledInput } from "../drawing/random-batch.js";
import type { LevelName } from "../levels.js";
import { tieBreakingNetworks } from "../networks/tied.js";
import type { Tolerances } from "../tolerances.js";

/** What a level says of networks computed on small whole numbers. */
export interface TieBreakingComparison extends Pick<ConformanceCase, "plan" | "source"> {
  /** Both models have the network's parameters. Throws: `ConformanceFailure`. */
  compare(model: Model, oracle: Model, batch: LabelledInput, tolerances: Tolerances): Promise<void>;
}

/** A case for each network with ties. */
export function tieBreakingCases(
  level: LevelName,
  { plan, source, compare }: TieBreakingComparison,
): readonly ConformanceCase[] {
  return tieBreakingNetworks().map(({ name, architecture, parameters, batch }) => ({
    id: caseId(level, "ties", name),
    plan,
    source,
    quick: true,
    run: async (context) => {
      const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
      for (const each of [model, oracle]) await each.writeParameters(parameters);
      await compare(model, oracle, batch, context.tolerances);
    },
  }));
}
