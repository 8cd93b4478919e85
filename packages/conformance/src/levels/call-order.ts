import type { Metrics } from "@nin/backend";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkCount, checkEqual } from "../check/check.js";
import {
  checkComplete,
  checkCompleteState,
  checkSameState,
  checkSameTensors,
  checkShape,
  checkTensor,
  checkTensors,
} from "../check/tensors.js";
import { heParameters } from "../networks/inputs.js";
import { PLAIN_SGD, SGD, smallArchitecture, smallBatch, smallImages, smallModel } from "../networks/small.js";

const RATE = { learningRate: 0.1 };
const TRAINING = { optimizer: SGD, seed: 5 } as const;

/** Calls that overlap, and what the caller does with a batch after passing it. */
export function orderCases(): readonly ConformanceCase[] {
  const orderCase = (
    name: string,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
  ): ConformanceCase => ({
    id: caseId("lifecycle", "order", name),
    plan,
    source: "design rule",
    quick: true,
    run,
  });
  return [
    orderCase(
      "overlapping-calls",
      "overlapping calls have the results of the same calls one after another",
      overlap,
    ),
    orderCase(
      "after-a-refusal",
      "a refused call does not prevent the next one from being answered",
      afterRefusal,
    ),
    orderCase(
      "batch-is-the-callers",
      "the caller may change a batch as soon as step has resolved",
      changeBatch,
    ),
    orderCase("part-of-a-buffer", "images and labels may be views of a larger buffer", viewsOfBuffer),
    orderCase(
      "write-between",
      "predict uses the parameters that were written before it, not those written after it",
      writeBetween,
    ),
  ];
}

async function overlap(context: CaseContext): Promise<void> {
  const [overlapping, awaited] = [await smallModel(context), await smallModel(context)];
  const [first, second] = [smallBatch(4, 1), smallBatch(4, 3)];
  const session = await overlapping.train(TRAINING);
  const calls = [
    session.step(first, RATE),
    session.metrics(),
    session.step(second, RATE),
    session.readState(),
    overlapping.predict(first),
    session.step(first, RATE),
    session.metrics(),
    session.dispose(),
    overlapping.train(TRAINING).then((again) => again.dispose()),
    overlapping.readParameters(),
  ] as const;
  await Promise.all(calls);

  const slow = await awaited.train(TRAINING);
  const { reorderedSum } = context.tolerances;
  await slow.step(first, RATE);
  checkLosses(await calls[1], await slow.metrics(), 1, "step 1");
  await slow.step(second, RATE);
  checkEqual((await calls[3]).step, 2, "step of the state read between steps");
  const state = await slow.readState();
  checkCompleteState(state, smallArchitecture, SGD, "state between steps");
  checkTensors((await calls[3]).parameters, state.parameters, "parameters between steps", reorderedSum);
  checkTensor(await calls[4], await awaited.predict(first), "scores between steps", reorderedSum);
  await slow.step(first, RATE);
  checkLosses(await calls[6], await slow.metrics(), 2, "steps 2 and 3");
  checkTensors(await calls[9], await awaited.readParameters(), "parameters at the end", reorderedSum);
}

function checkLosses(actual: Metrics, expected: Metrics, count: number, what: string): void {
  checkCount(actual.losses, count, `losses of ${what}`);
  checkCount(expected.losses, count, `losses of ${what}, called one after another`);
}

async function afterRefusal(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const [refused, next] = await Promise.all([
    model.predict(smallBatch(9)).then(
      () => "done",
      () => "refused",
    ),
    model.predict(smallBatch(2)),
  ]);
  checkEqual(refused, "refused", "a batch of 9 for a model of 8");
  checkEqual([...next.shape], [2, 3], "shape of the next scores");
}

async function changeBatch(context: CaseContext): Promise<void> {
  const model = await smallModel(context, { imageFormat: smallImages });
  const session = await model.train(TRAINING);
  const start = await session.readState();
  const images = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
  const labels = Uint8Array.of(0, 1, 2, 0);
  await session.step({ images: images.slice(), labels: labels.slice() }, RATE);
  const expected = await session.readState();
  checkCompleteState(expected, smallArchitecture, SGD, "state after a step");
  await session.writeState(start);
  const [heldImages, heldLabels] = [images.slice(), labels.slice()];
  await session.step({ images: heldImages, labels: heldLabels }, RATE);
  heldImages.fill(0);
  heldLabels.fill(0);
  checkSameState(await session.readState(), expected, "state after the batch was changed");
  const input = smallBatch(4);
  await session.writeState(start);
  await session.step(input, RATE);
  input.input.data.fill(0);
  input.labels.fill(0);
  const changed = await session.readState();
  await session.writeState(start);
  await session.step(smallBatch(4), RATE);
  checkSameState(changed, await session.readState(), "state after the input was changed");
}

async function viewsOfBuffer(context: CaseContext): Promise<void> {
  const model = await smallModel(context, { imageFormat: smallImages });
  const session = await model.train(TRAINING);
  const start = await session.readState();
  const images = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
  const labels = Uint8Array.of(0, 1, 2, 0);
  await session.step({ images, labels }, RATE);
  const expected = await session.readState();
  checkCompleteState(expected, smallArchitecture, SGD, "state after a step");
  await session.writeState(start);
  const part = (bytes: Uint8Array): Uint8Array => Uint8Array.of(9, ...bytes, 9).subarray(1, bytes.length + 1);
  const [imagesPart, labelsPart] = [part(images), part(labels)];
  await session.step({ images: imagesPart, labels: labelsPart }, RATE);
  checkSameState(await session.readState(), expected, "state after a step on parts of buffers");
  checkEqual([...imagesPart], [...images], "the caller's images after the step");
}

async function writeBetween(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const batch = smallBatch(3);
  const [one, other] = [heParameters(smallArchitecture, 1), heParameters(smallArchitecture, 2)];
  const [before, , between, , after] = await Promise.all([
    model.predict(batch),
    model.writeParameters(other),
    model.predict(batch),
    model.writeParameters(one),
    model.predict(batch),
  ]);
  checkShape(before, [3, 3], "scores before the writes");
  checkTensor(
    after,
    before,
    "scores after the first parameters were written again",
    context.tolerances.reorderedSum,
  );
  const oracle = await context.oracle(smallArchitecture);
  await oracle.writeParameters(other);
  checkTensor(
    between,
    await oracle.predict(batch),
    "scores between the writes",
    context.tolerances.smallCase,
  );
}

const SHARED_TRAINING = { optimizer: PLAIN_SGD, seed: 2 } as const;

/** A session trains the model's own parameters, not a copy of them. */
export function sharedParameterCases(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("lifecycle", "shared-parameters", "read-while-training"),
      plan: "while a session is open the parameters of the model are those after its last step",
      source: "design rule",
      quick: true,
      run: readWhileTraining,
    },
    {
      id: caseId("lifecycle", "shared-parameters", "written-while-training"),
      plan: "the next step of a session starts from parameters that were written to the model",
      source: "oracle",
      quick: true,
      run: writeWhileTraining,
    },
  ];
}

async function readWhileTraining(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train(SHARED_TRAINING);
  await session.step(smallBatch(4), RATE);
  const { parameters } = await session.readState();
  checkComplete(parameters, smallArchitecture, "parameters of the session:");
  checkSameTensors(await model.readParameters(), parameters, "the model's parameters after a step");
}

async function writeWhileTraining(context: CaseContext): Promise<void> {
  const [model, oracle] = [await smallModel(context), await context.oracle(smallArchitecture)];
  for (const each of [model, oracle]) {
    const session = await each.train(SHARED_TRAINING);
    await session.step(smallBatch(4, 1), RATE);
    await each.writeParameters(heParameters(smallArchitecture, 5));
    await session.step(smallBatch(4, 3), { learningRate: 0.05 });
    await session.dispose();
  }
  const expected = await oracle.readParameters();
  checkTensors(
    await model.readParameters(),
    expected,
    "parameters after a step",
    context.tolerances.smallCase,
  );
}
