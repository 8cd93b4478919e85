import type { TrainingSession } from "@nin/backend";
import type { Optimizer } from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check, checkEqual, checkNumber } from "../../check/check.js";
import { smallBatch, smallModel } from "../../networks/small.js";
import { ADAMW, SGD } from "../optimizers.js";

/** What holds for the steps of any network. */
export function stepBehaviour(): readonly ConformanceCase[] {
  const entry = (
    name: string,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
  ): ConformanceCase => ({
    id: caseId("step", "behaviour", name),
    plan,
    source: "design rule",
    quick: true,
    run,
  });
  return [
    entry("losses", "metrics gives one loss a step, in order, once", lossesOnce),
    entry("divergence", "a loss that is not finite is told in its place, and nothing is thrown", divergence),
    entry(
      "state-names",
      "velocity once a step was done, both moments from the start, nothing without momentum",
      stateNames,
    ),
    entry("zero-rate", "a step at rate 0 changes no parameter", zeroRate),
  ];
}

async function steps(session: TrainingSession, count: number, learningRate: number): Promise<void> {
  for (let step = 0; step < count; step += 1) await session.step(smallBatch(4, 3 + step), { learningRate });
}

async function lossesOnce(context: CaseContext): Promise<void> {
  const together = await (await smallModel(context)).train({ optimizer: SGD, seed: 1 });
  await steps(together, 3, 0.1);
  const { losses } = await together.metrics();
  check(losses.length === 3, `losses of 3 steps: expected 3, got ${losses.length}`);
  checkEqual((await together.metrics()).losses, [], "losses when metrics is called again");
  const apart = await (await smallModel(context)).train({ optimizer: SGD, seed: 1 });
  for (const [step, loss] of losses.entries()) {
    await apart.step(smallBatch(4, 3 + step), { learningRate: 0.1 });
    const own = (await apart.metrics()).losses;
    check(own.length === 1, `losses of one step: expected 1, got ${own.length}`);
    checkNumber(own[0], loss, `loss of step ${step + 1} read alone`, context.tolerances.reorderedSum);
  }
}

async function divergence(context: CaseContext): Promise<void> {
  const session = await (await smallModel(context)).train({ optimizer: SGD, seed: 1 });
  await steps(session, 6, 1e30);
  const { losses } = await session.metrics();
  check(losses.length === 6, `losses of 6 steps: expected 6, got ${losses.length}`);
  check(Number.isFinite(losses[0]), `loss of step 1: expected a finite one, got ${losses[0]}`);
  const wild = losses.slice(1).some((loss) => !Number.isFinite(loss) || loss > 1e6);
  check(wild, `losses at rate 1e30: expected one that is not finite or over 1e6, got ${losses.join(", ")}`);
}

async function stateNames(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const parameters = [...(await model.readParameters()).keys()];
  const named = (...slots: readonly string[]): readonly string[] =>
    slots.flatMap((slot) => parameters.map((name) => `${slot}.${name}`)).sort();
  const expectations: readonly (readonly [string, Optimizer, number, readonly string[]])[] = [
    ["SGD with momentum, before a step", SGD, 0, []],
    ["SGD with momentum, after a step", SGD, 1, named("velocity")],
    ["SGD without momentum", { ...SGD, momentum: 0 }, 1, []],
    ["AdamW, before a step", ADAMW, 0, named("moment1", "moment2")],
    ["AdamW, after a step", ADAMW, 1, named("moment1", "moment2")],
  ];
  for (const [what, optimizer, count, expected] of expectations) {
    const session = await model.train({ optimizer, seed: 1 });
    await steps(session, count, 0.01);
    checkEqual([...(await session.readState()).optimizer.keys()].sort(), expected, `state of ${what}`);
    await session.dispose();
  }
}

async function zeroRate(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const before = await model.readParameters();
  const session = await model.train({ optimizer: { ...SGD, momentum: 0 }, seed: 1 });
  await session.step(smallBatch(4), { learningRate: 0 });
  const { parameters } = await session.readState();
  for (const [name, { data }] of before) {
    checkEqual([...(parameters.get(name)?.data ?? [])], [...data], `${name} after a step at rate 0`);
  }
}
