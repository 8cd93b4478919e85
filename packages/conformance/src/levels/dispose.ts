import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkCount, checkEqual, checkRefused } from "../check/check.js";
import { checkComplete, checkSameTensors } from "../check/tensors.js";
import { ADAMW, SGD, smallArchitecture, smallBatch, smallModel } from "../networks/small.js";

const RATE = { learningRate: 0.1 };
const DISPOSED = "NIN_DISPOSED";
const TRAINING = { optimizer: SGD, seed: 0 } as const;

/** How models and sessions end. */
export function disposeCases(): readonly ConformanceCase[] {
  const disposeCase = (
    name: string,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
  ): ConformanceCase => ({
    id: caseId("lifecycle", "dispose", name),
    plan,
    source: "design rule",
    quick: true,
    run,
  });
  return [
    disposeCase(
      "model",
      "calls before dispose are answered, later ones are refused, and a second dispose does nothing",
      disposeModel,
    ),
    disposeCase("model-with-session", "disposing of a model ends its session", disposeModelWithSession),
    disposeCase(
      "session",
      "a session that was disposed of refuses calls, and the model keeps the trained parameters",
      disposeSession,
    ),
    disposeCase(
      "one-session",
      "a second session is refused while one is open, and accepted afterwards",
      oneSession,
    ),
    disposeCase("async-dispose", "Symbol.asyncDispose does the same as dispose", asyncDispose),
  ];
}

async function disposeModel(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const batch = smallBatch(2);
  // Awaited together, because a rejection that nobody awaits would end the process.
  const [scores, { gradients }] = await Promise.all([
    model.predict(batch),
    model.gradients(batch),
    model.dispose(),
    model.dispose(),
  ]);
  await model.dispose();
  checkEqual([...scores.shape], [2, 3], "shape of scores requested before dispose");
  checkComplete(gradients, smallArchitecture, "gradients requested before dispose:");
  const later: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["predict", () => model.predict(batch)],
    ["activations", () => model.activations(batch)],
    ["gradients", () => model.gradients(batch)],
    ["readParameters", () => model.readParameters()],
    ["writeParameters", () => model.writeParameters(new Map())],
    ["train", () => model.train(TRAINING)],
  ];
  for (const [name, call] of later) await checkRefused(call(), DISPOSED, `${name} after dispose`);
}

async function disposeModelWithSession(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train(TRAINING);
  await model.dispose();
  await checkRefused(session.step(smallBatch(), RATE), DISPOSED, "step");
  await checkRefused(session.evaluate(smallBatch()), DISPOSED, "evaluate");
  await checkRefused(session.metrics(), DISPOSED, "metrics");
  await checkRefused(session.readState(), DISPOSED, "readState");
  await session.dispose();
}

async function disposeSession(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train(TRAINING);
  await session.step(smallBatch(), RATE);
  const { parameters } = await session.readState();
  checkComplete(parameters, smallArchitecture, "parameters of the session:");
  await Promise.all([session.dispose(), session.dispose()]);
  await checkRefused(session.step(smallBatch(), RATE), DISPOSED, "step");
  await checkRefused(session.evaluate(smallBatch()), DISPOSED, "evaluate");
  await checkRefused(session.metrics(), DISPOSED, "metrics");
  await checkRefused(session.readState(), DISPOSED, "readState");
  const state = { step: 0, parameters, optimizer: new Map() };
  await checkRefused(session.writeState(state), DISPOSED, "writeState");
  checkSameTensors(await model.readParameters(), parameters, "parameters of the model");
}

async function oneSession(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const first = await model.train(TRAINING);
  await checkRefused(model.train(TRAINING), "NIN_SESSION", "a second session");
  await first.step(smallBatch(), RATE);
  await first.dispose();
  const second = await model.train({ optimizer: ADAMW, seed: 1 });
  await second.step(smallBatch(), RATE);
  checkCount((await second.metrics()).losses, 1, "losses of the next session");
  await second.dispose();
}

async function asyncDispose(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train(TRAINING);
  await session[Symbol.asyncDispose]();
  await checkRefused(session.metrics(), DISPOSED, "metrics");
  await model[Symbol.asyncDispose]();
  await checkRefused(model.readParameters(), DISPOSED, "readParameters");
}
