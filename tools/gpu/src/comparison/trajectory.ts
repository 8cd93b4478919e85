import { differencesOf } from "../../measure/trajectory/difference.mjs";
import { judgeSegment } from "../../measure/trajectory/judge.mjs";
import { randomTensor } from "./random-case.mjs";

const PERTURBED_RUNS = 4;

/**
 * Trains a model from the plan's parameters, or from others that stand for them.
 *
 * @param plan `{ train, parameters, steps: [{ batch, learningRate }] }`, `train` as the contract's
 * @returns every step's loss, the scores of the first batch after them, the parameters
 */
export async function runTrajectory(model, plan, start = plan.parameters) {
  await model.writeParameters(start);
  const session = await model.train(plan.train);
  try {
    for (const { batch, learningRate } of plan.steps) await session.step(batch, { learningRate });
    const { losses } = await session.metrics();
    const { parameters } = await session.readState();
    const { data: logits } = await model.predict(plan.steps[0].batch);
    return { losses, logits, parameters };
  } finally {
    await session.dispose();
  }
}

/** How far the oracle is from itself when its weights are moved by 2^-23 of themselves: the largest of some runs. */
export async function spreadOf(oracle, plan, expected) {
  const runs = [];
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    const moved = await runTrajectory(oracle, plan, perturbed(plan.parameters, run));
    runs.push(differencesOf(moved, expected, plan.parameters));
  }
  const largest = (read) => Math.max(...runs.map(read));
  return {
    losses: expected.losses.map((_, at) => largest(({ losses }) => losses[at])),
    logits: largest(({ logits }) => logits),
    updates: Object.fromEntries(
      [...expected.parameters.keys()].map((name) => [name, largest(({ updates }) => updates[name])]),
    ),
  };
}

/** The run's quantities by the rule of scripts/measure/trajectory: `{ name, difference, tolerance, tooLong }` each. */
export function judgeTrajectory(plan, actual, expected, spread) {
  return judgeSegment(0, differencesOf(actual, expected, plan.parameters), spread);
}

function perturbed(parameters, run) {
  return new Map(
    [...parameters].map(([name, { shape, data }], index) => {
      const signs = randomTensor(shape, 1000 * run + index + 1).data;
      return [name, { shape, data: Float32Array.from(data, (value, i) => moved(value, signs[i])) }];
    }),
  );
}

/** A step of one float32 rounding up or down, or none where the product rounds back. */
function moved(value, sign) {
  return value * (1 + 2 ** -23 * Math.sign(sign));
}
