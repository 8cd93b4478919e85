import type { CaseContext } from "../../case.js";
import { type EpochRun, epochPlan } from "../../trajectory/epoch-plan.js";
import { type ExpectedRun, expectedRun } from "../../trajectory/expected-run.js";
import { epochRun, type RunChoice } from "./runs.js";

/** The oracle's steps of a training, and the training that they are of. */
export interface ExpectedEpochs extends ExpectedRun {
  readonly run: EpochRun;
}

/** As `expectedRun`, of a training that is done by `trainModel`. */
export async function expectedEpochs(context: CaseContext, choice: RunChoice): Promise<ExpectedEpochs> {
  let run = epochRun(choice);
  const expected = await expectedRun(context, (draw) => {
    run = epochRun(choice, draw);
    return epochPlan(run);
  });
  return { ...expected, run };
}
