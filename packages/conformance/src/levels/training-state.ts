import type { TrainingSession } from "@nin/backend";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual } from "../check/check.js";
import { checkCompleteState, checkSameState, checkTensors } from "../check/tensors.js";
import { ADAMW, PLAIN_SGD, SGD, smallArchitecture, smallBatch, smallModel } from "../networks/small.js";

const OPTIMIZERS = { sgd: PLAIN_SGD, momentum: SGD, adamw: ADAMW } as const;

type Name = keyof typeof OPTIMIZERS;

/** Training states that are read from and written to sessions. */
export function stateCases(): readonly ConformanceCase[] {
  return (Object.keys(OPTIMIZERS) as Name[]).flatMap((name): readonly ConformanceCase[] => [
    {
      id: caseId("files", "state", "round-trip", { optimizer: name }),
      plan: "a training state that was written is read again bit for bit: step, parameters, optimizer state",
      source: "design rule",
      quick: true,
      run: (context) => roundTrip(context, name),
    },
    {
      id: caseId("files", "state", "back-to-an-earlier", { optimizer: name }),
      plan: "a session continues from an earlier state that is written to it, including the step and the optimizer state",
      source: "design rule",
      quick: true,
      run: (context) => backToEarlier(context, name),
    },
  ]);
}

async function steps(session: TrainingSession, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) {
    await session.step(smallBatch(1 + (step % 4), 10 + step), { learningRate: 0.05 / (1 + step) });
  }
}

async function roundTrip(context: CaseContext, name: Name): Promise<void> {
  const train = { optimizer: OPTIMIZERS[name], seed: 1 };
  const session = await (await smallModel(context)).train(train);
  await steps(session, 0, 3);
  const saved = await session.readState();
  checkEqual(saved.step, 3, "step after 3 steps");
  checkCompleteState(saved, smallArchitecture, train.optimizer, "state after 3 steps");
  const other = await (await smallModel(context)).train(train);
  await other.writeState(saved);
  checkSameState(await other.readState(), saved, "state that was written");
  for (const tensor of [...saved.parameters.values(), ...saved.optimizer.values()]) tensor.data.fill(9);
  checkSameState(
    await other.readState(),
    await session.readState(),
    "state after the caller's copy was changed",
  );
}

async function backToEarlier(context: CaseContext, name: Name): Promise<void> {
  const session = await (await smallModel(context)).train({ optimizer: OPTIMIZERS[name], seed: 1 });
  const start = await session.readState();
  await steps(session, 0, 3);
  const first = await session.readState();
  await session.writeState(start);
  await steps(session, 0, 3);
  const again = await session.readState();
  checkCompleteState(first, smallArchitecture, OPTIMIZERS[name], "state after 3 steps");
  checkEqual(again.step, first.step, "step after the same steps again");
  checkTensors(
    again.parameters,
    first.parameters,
    "parameters after the same steps again:",
    context.tolerances.smallCase,
  );
  checkTensors(
    again.optimizer,
    first.optimizer,
    "optimizer state after the same steps again:",
    context.tolerances.smallCase,
  );
}
