import { crossEntropy } from "@nin/backend";
import { present, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkCount, checkEqual, checkNumber } from "../check/check.js";
import { checkCompleteState, checkSameState, checkShape } from "../check/tensors.js";
import { batchWithNan } from "../networks/not-finite.js";
import { ADAMW, SGD, smallArchitecture, smallBatch, smallModel } from "../networks/small.js";

const CLASSES = 3;
const LAST_BIAS = "net.4.bias";

/** The sums of an evaluation. */
export function evaluationCases(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("trajectory", "evaluation", "sums"),
      plan: "evaluate adds up losses and a confusion matrix over batches, without dropout, and starts from zero after metrics",
      source: "log-sum-exp of the model's own scores, by hand",
      quick: true,
      run: compareSums,
    },
    {
      id: caseId("trajectory", "evaluation", "equal-scores"),
      plan: "the first of several equal scores is the predicted class",
      source: "design rule",
      quick: true,
      run: (context) => evaluateEqual(context, 0),
    },
    {
      id: caseId("trajectory", "evaluation", "large-scores"),
      plan: "three equal scores of 1e20 give a loss of ln 3 for each image, and the first is the predicted class",
      source: "log-sum-exp by hand",
      quick: true,
      run: (context) => evaluateEqual(context, 1e20),
    },
    {
      id: caseId("trajectory", "evaluation", "not-finite"),
      plan: "with NaN in the parameters the sum of losses is NaN, and the first class is predicted where all scores are NaN",
      source: "design rule",
      quick: true,
      run: evaluateNan,
    },
    {
      id: caseId("trajectory", "evaluation", "changes-nothing"),
      plan: "an evaluation does not change the parameters, optimizer state, step or losses of the training",
      source: "design rule",
      quick: true,
      run: changeNothing,
    },
  ];
}

async function compareSums(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: SGD, seed: 0 });
  const confusion = new Array<number>(CLASSES * CLASSES).fill(0);
  let lossSum = 0;
  for (const batch of [smallBatch(8, 1), smallBatch(3, 2), smallBatch(1, 3)]) {
    await session.evaluate(batch);
    const scores = await model.predict(batch);
    checkShape(scores, [batch.labels.length, CLASSES], "scores");
    batch.labels.forEach((label, image) => {
      const { loss, predictedClass } = crossEntropy(rowOf(scores, image), label);
      const cell = label * CLASSES + predictedClass;
      confusion[cell] = present(confusion[cell]) + 1;
      lossSum += loss;
    });
  }
  const { evaluation, losses } = await session.metrics();
  const correct = confusion.reduce((sum, count, cell) => sum + (cell % (CLASSES + 1) === 0 ? count : 0), 0);
  checkCount(losses, 0, "losses where no step was done");
  checkEqual(
    [evaluation.count, evaluation.correct, [...evaluation.confusion]],
    [12, correct, confusion],
    "count, correct, confusion",
  );
  checkNumber(evaluation.lossSum, lossSum, "sum of losses", context.tolerances.lossSum);
  const again = (await session.metrics()).evaluation;
  checkEqual([again.count, again.lossSum], [0, 0], "count and sum of losses when metrics is called again");
}

function rowOf({ data }: Tensor, image: number): Tensor["data"] {
  return data.slice(image * CLASSES, (image + 1) * CLASSES);
}

/** The evaluation of a network whose scores are one number for every image and class. */
async function evaluateEqual(context: CaseContext, score: number): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: SGD, seed: 0 });
  const parameters = [...(await model.readParameters())].map(
    ([name, { shape, data }]) =>
      [name, { shape, data: data.map(() => (name === LAST_BIAS ? score : 0)) }] as const,
  );
  await session.writeState({ step: 0, parameters: new Map(parameters), optimizer: new Map() });
  await session.evaluate({ ...smallBatch(3), labels: Uint8Array.of(0, 2, 2) });
  const { evaluation } = await session.metrics();
  checkEqual([...evaluation.confusion], [1, 0, 0, 0, 0, 0, 2, 0, 0], "confusion");
  checkNumber(evaluation.lossSum, 3 * Math.log(3), "sum of losses", context.tolerances.lossSum);
}

async function evaluateNan(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: SGD, seed: 0 });
  await session.step(batchWithNan(smallArchitecture), { learningRate: 0.1 });
  await session.evaluate({ ...smallBatch(3), labels: Uint8Array.of(0, 2, 2) });
  const { evaluation } = await session.metrics();
  check(Number.isNaN(evaluation.lossSum), `sum of losses: expected NaN, got ${evaluation.lossSum}`);
  checkEqual([...evaluation.confusion], [1, 0, 0, 0, 0, 0, 2, 0, 0], "confusion");
}

async function changeNothing(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: ADAMW, seed: 0 });
  await session.step(smallBatch(4), { learningRate: 0.01 });
  const before = await session.readState();
  checkCompleteState(before, smallArchitecture, ADAMW, "state before an evaluation");
  await session.evaluate(smallBatch(5));
  checkSameState(await session.readState(), before, "state after an evaluation");
  checkCount((await session.metrics()).losses, 1, "losses of one step and one evaluation");
}
