import type { Model, TrainingState } from "@nin/backend";
import { type Architecture, at, entry, type Optimizer } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkCount, checkEqual, checkNumber } from "../check/check.js";
import {
  checkComplete,
  checkCompleteState,
  checkSameState,
  checkSameTensors,
  checkTensors,
  relativeL2,
} from "../check/tensors.js";
import { heParameters, randomBatch } from "../networks/inputs.js";
import { ADAMW, SGD, smallArchitecture, smallBatch, smallModel } from "../networks/small.js";
import { wholeNetworks } from "../networks/subjects.js";

const SOURCE = "design rule: capabilities.deterministic, true by default";

/** The same calls twice. A backend that declares itself not deterministic is held to a tolerance instead. */
export function repeatCases(): readonly ConformanceCase[] {
  const repeated = (name: string, optimizer: Optimizer): ConformanceCase => ({
    id: caseId("determinism", "training", name),
    plan: "two models that train with the same seed have the same losses, parameters and optimizer state, bit for bit",
    source: SOURCE,
    quick: true,
    run: (context) => trainTwice(context, optimizer),
  });
  return [
    repeated("sgd", SGD),
    repeated("adamw", ADAMW),
    ...wholeNetworks.slice(0, 3).map(
      ({ name, architecture, batch, quick }): ConformanceCase => ({
        id: caseId("determinism", "gradients", name),
        plan: "scores, activations and gradients of the same batch are the same, bit for bit, in one model and in another",
        source: SOURCE,
        quick,
        run: async (context) => {
          const compiled = [];
          for (let index = 0; index < 2; index += 1) {
            const model = await context.compile(architecture, { maxBatch: batch });
            await model.writeParameters(heParameters(architecture, 3));
            compiled.push(model);
          }
          await repeatGradients(context, compiled, architecture, batch);
        },
      }),
    ),
    {
      id: caseId("determinism", "seeds", "other"),
      plan: "training with another seed drops other units, and ends with other parameters",
      source: "design rule",
      quick: true,
      run: otherSeed,
    },
  ];
}

async function trained(context: CaseContext, optimizer: Optimizer, seed: number): Promise<Repeatable> {
  const session = await (await smallModel(context)).train({ optimizer, seed });
  for (let step = 0; step < 4; step += 1) {
    await session.step(smallBatch(8 - step, step), { learningRate: 0.05 });
  }
  const { losses } = await session.metrics();
  checkCount(losses, 4, "losses of 4 steps");
  const state = await session.readState();
  checkCompleteState(state, smallArchitecture, optimizer, "state after 4 steps");
  return { losses, state };
}

interface Repeatable {
  readonly losses: readonly number[];
  readonly state: TrainingState;
}

async function trainTwice(context: CaseContext, optimizer: Optimizer): Promise<void> {
  const [first, second] = [await trained(context, optimizer, 1), await trained(context, optimizer, 1)];
  if (isDeterministic(context)) {
    checkEqual(second.losses, first.losses, "losses of the second training");
    checkSameState(second.state, first.state, "state of the second training");
    return;
  }
  const { smallCase } = context.tolerances;
  first.losses.forEach((loss, step) => {
    checkNumber(at(second.losses, step), loss, `loss of step ${step + 1} of the second training`, smallCase);
  });
  checkTensors(
    second.state.parameters,
    first.state.parameters,
    "parameters of the second training",
    smallCase,
  );
}

async function repeatGradients(
  context: CaseContext,
  models: readonly Model[],
  architecture: Architecture,
  count: number,
): Promise<void> {
  const batch = randomBatch(architecture, count, 4);
  const results = [];
  for (const model of [...models, ...models]) {
    const { loss, gradients } = await model.gradients(batch);
    checkComplete(gradients, architecture, "gradients");
    const activations = await model.activations(batch);
    const scores = await model.predict(batch);
    results.push({ loss, tensors: new Map([...gradients, ...activations, ["scores", scores]]) });
  }
  const first = at(results, 0);
  for (const [index, { loss, tensors }] of results.slice(1).entries()) {
    const what = `call ${index + 2}`;
    if (isDeterministic(context)) {
      checkEqual(loss, first.loss, `loss of ${what}`);
      checkSameTensors(tensors, first.tensors, `result of ${what}:`);
    } else {
      checkNumber(loss, first.loss, `loss of ${what}`, context.tolerances.smallCase);
      checkTensors(tensors, first.tensors, `result of ${what}:`, context.tolerances.smallCase);
    }
  }
}

async function otherSeed(context: CaseContext): Promise<void> {
  const [one, other] = [await trained(context, SGD, 1), await trained(context, SGD, 2)];
  for (const [name, { data }] of one.state.parameters) {
    const distance = relativeL2(entry(other.state.parameters, name).data, data);
    check(
      distance > 1e-6,
      `${name} after training with seeds 1 and 2: expected a difference, got ${distance}`,
    );
  }
}

function isDeterministic({ backend }: CaseContext): boolean {
  return backend.capabilities?.deterministic ?? true;
}
