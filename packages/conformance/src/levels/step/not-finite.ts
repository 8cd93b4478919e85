import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check, checkEqual } from "../../check/check.js";
import { batchWithNan } from "../../networks/not-finite.js";
import { smallArchitecture, smallBatch, smallModel } from "../../networks/small.js";
import { ADAMW, SGD } from "../optimizers.js";

const OPTIMIZERS = { sgd: SGD, adamw: ADAMW };

/** A training that meets NaN says so in its losses, from then on: what stops it reads nothing else. */
export function stepsOfNotFinite(): readonly ConformanceCase[] {
  return (["sgd", "adamw"] as const).map((optimizer) => ({
    id: caseId("step", "not-finite", "parameters", { optimizer }),
    plan: "a step on an image with NaN has a loss of NaN and leaves NaN in every parameter; each later step has a loss of NaN",
    source: "design rule",
    quick: true,
    run: (context) => trainOnNan(context, optimizer),
  }));
}

async function trainOnNan(context: CaseContext, optimizer: keyof typeof OPTIMIZERS): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: OPTIMIZERS[optimizer], seed: 1 });
  const rate = { learningRate: 0.1 };
  await session.step(smallBatch(4), rate);
  await session.step(batchWithNan(smallArchitecture), rate);
  await session.step(smallBatch(4), rate);
  await session.step(smallBatch(2), rate);
  const { losses } = await session.metrics();
  check(Number.isFinite(losses[0]), `loss before the NaN: expected a finite one, got ${losses[0]}`);
  checkEqual(losses.slice(1).map(Number.isNaN), [true, true, true], "whether losses from the NaN on are NaN");
  const { parameters } = await session.readState();
  for (const [name, { data }] of parameters) {
    check(data.some(Number.isNaN), `${name} after a step of NaN: expected NaN in it, got numbers`);
  }
}
