import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual, checkRefused } from "../check/check.js";
import { checkSameTensors } from "../check/tensors.js";
import { ADAMW, SGD, smallBatch, smallModel } from "../networks/small.js";

const RATE = { learningRate: 0.1 };
const DISPOSED = "NIN_DISPOSED";
const TRAINING = { optimizer: SGD, seed: 0 } as const;

/** The end of models and sessions. */
export function disposeCases(): readonly ConformanceCase[] {
  const entry = (
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
    entry(
      "model",
      "earlier calls answer, later ones are refused, a second dispose does nothing",
      disposeModel,
    ),
    entry("model-with-session", "disposing of a model ends its session", disposeModelWithSession),
    entry("session", "a session that ended refuses calls; the model keeps what was trained", disposeSession),
    entry("one-session", "a second session is refused while one is open, and no longer", oneSession),
    entry("async-dispose", "Symbol.asyncDispose does what dispose does", asyncDispose),
  ];
}

async function disposeModel(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const batch = smallBatch(2);
  // Awaited together: a call that fails while nobody waits for it would end the process.
  const [scores, { gradients }] = await Promise.all([
    model.predict(batch),
    model.gradients(batch),
    model.dispose(),
    model.dispose(),
  ]);
  await model.dispose();
  checkEqual([...scores.shape], [2, 3], "shape of scores asked for before dispose");
  checkEqual(gradients.size, 6, "gradients asked for before dispose");
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
  checkEqual((await second.metrics()).losses.length, 1, "losses of the next session");
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
