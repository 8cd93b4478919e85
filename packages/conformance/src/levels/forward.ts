import type { Model } from "@nin/backend";
import { at, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check } from "../check/check.js";
import { compareForward } from "../check/network.js";
import { checkShape, checkTensor, relativeL2 } from "../check/tensors.js";
import { heParameters } from "../networks/inputs.js";
import { smallArchitecture, smallBatch, smallModel } from "../networks/small.js";
import { type Subject, subjects } from "../networks/subjects.js";
import { requireForwardSample } from "../sampling/sample-gradients.js";

/** Layer kinds and whole networks. */
export function forwardOfSubjects(): readonly ConformanceCase[] {
  return subjects().map((subject) => ({
    id: caseId("forward", subject.group, subject.name, { ...subject.parameters, batch: subject.batch }),
    plan: "the output of every layer and the scores are the oracle's",
    source: "oracle",
    quick: subject.quick,
    run: (context) => compareSubject(context, subject),
  }));
}

async function compareSubject(context: CaseContext, { architecture, batch }: Subject): Promise<void> {
  const oracle = await context.oracle(architecture);
  const { seed, arithmetic, tolerances } = context;
  const sampled = await requireForwardSample(oracle, architecture, { count: batch, seed, arithmetic });
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(sampled.parameters);
  await compareForward(model, oracle, sampled.batch, tolerances);
}

/** What holds for the forward pass of any network. */
export function forwardBehaviour(): readonly ConformanceCase[] {
  const behaviour = (
    name: string,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
    source = "design rule",
  ): ConformanceCase => ({ id: caseId("forward", "behaviour", name), plan, source, quick: true, run });
  return [
    behaviour(
      "batch-split",
      "the scores of an image do not depend on the other images of its batch",
      splitBatch,
    ),
    behaviour(
      "fresh-parameters",
      "scores change with every call of writeParameters",
      rewriteParameters,
      "oracle",
    ),
    behaviour(
      "growing-batches",
      "the results of batches of 1, 8, 3 and 1 images, one after another, are the oracle's",
      growBatches,
      "oracle",
    ),
    behaviour(
      "after-training",
      "a model that was trained with dropout predicts without it, from the trained parameters",
      afterTraining,
      "oracle",
    ),
    behaviour("all-zeros", "parameters of zero give scores of zero", allZeros),
  ];
}

async function splitBatch(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const batch = smallBatch(5);
  const whole = await model.predict(batch);
  checkShape(whole, [5, 3], "scores of 5 images");
  for (let image = 0; image < 5; image += 1) {
    const alone = await model.predict({ input: imageOf(batch.input, image) });
    const row = { shape: [1, 3], data: whole.data.slice(3 * image, 3 * image + 3) };
    checkTensor(alone, row, `scores of image ${image} alone`, context.tolerances.reorderedSum);
  }
}

function imageOf({ shape, data }: Tensor, image: number): Tensor {
  const size = data.length / at(shape, 0);
  return { shape: [1, ...shape.slice(1)], data: data.slice(image * size, (image + 1) * size) };
}

async function rewriteParameters(context: CaseContext): Promise<void> {
  const oracle = await context.oracle(smallArchitecture);
  const model = await smallModel(context);
  for (const seed of [20, 40, 60]) {
    const options = { count: 4, seed, arithmetic: context.arithmetic };
    const { parameters, batch } = await requireForwardSample(oracle, smallArchitecture, options);
    await model.writeParameters(parameters);
    await compareForward(model, oracle, batch, context.tolerances);
  }
}

async function growBatches(context: CaseContext): Promise<void> {
  const oracle = await context.oracle(smallArchitecture);
  const model = await smallModel(context);
  for (const [index, count] of [1, 8, 3, 1].entries()) {
    const options = { count, seed: 10 * index, arithmetic: context.arithmetic };
    const { parameters, batch } = await requireForwardSample(oracle, smallArchitecture, options);
    await model.writeParameters(parameters);
    await compareForward(model, oracle, batch, context.tolerances);
  }
}

async function afterTraining(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  await trainOneStep(model);
  const batch = smallBatch(6, 9);
  const oracle = await context.oracle(smallArchitecture);
  await oracle.writeParameters(await model.readParameters());
  await compareForward(model, oracle, batch, context.tolerances);
  await oracle.writeParameters(heParameters(smallArchitecture, 1));
  const before = await oracle.predict(batch);
  const after = await model.predict(batch);
  checkShape(after, before.shape, "scores after a step");
  const moved = relativeL2(after.data, before.data);
  check(moved > 1e-3, `scores after a step: expected a difference, got one of ${moved}`);
}

async function trainOneStep(model: Model): Promise<void> {
  const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0, weightDecay: 0 } as const;
  const session = await model.train({ optimizer, seed: 1 });
  await session.step(smallBatch(8, 3), { learningRate: 0.1 });
  await session.dispose();
}

async function allZeros(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture, { maxBatch: 2 });
  const zeros = { shape: [2, 3], data: new Float32Array(6) };
  checkTensor(await model.predict(smallBatch(2)), zeros, "scores", 0);
}
