import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkSameTensors, checkTensors } from "../../check/tensors.js";
import { heParameters } from "../../drawing/random-batch.js";
import { smallArchitecture, smallBatch, smallModel } from "../../networks/small.js";
import { PLAIN_SGD } from "../optimizers.js";

const SHARED_RATE = { learningRate: 0.1 };
const SHARED_TRAINING = { optimizer: PLAIN_SGD, seed: 2 } as const;

/** A session trains the model's own parameters, not a copy. */
export function sharedParameterCases(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("lifecycle", "shared-parameters", "read-while-training"),
      plan: "while a session is open the model's parameters are those after its last step",
      source: "design rule",
      quick: true,
      run: readWhileTraining,
    },
    {
      id: caseId("lifecycle", "shared-parameters", "written-while-training"),
      plan: "parameters that are written to the model are those that the session's next step starts from",
      source: "oracle",
      quick: true,
      run: writeWhileTraining,
    },
  ];
}

async function readWhileTraining(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train(SHARED_TRAINING);
  await session.step(smallBatch(4), SHARED_RATE);
  const { parameters } = await session.readState();
  checkSameTensors(await model.readParameters(), parameters, "the model's parameters after a step");
}

async function writeWhileTraining(context: CaseContext): Promise<void> {
  const [model, oracle] = [await smallModel(context), await context.oracle(smallArchitecture)];
  for (const each of [model, oracle]) {
    const session = await each.train(SHARED_TRAINING);
    await session.step(smallBatch(4, 1), SHARED_RATE);
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
