import { arbitraryArchitecture } from "../../../packages/spec/dist/arbitrary.js";
import fc from "../../../packages/spec/node_modules/fast-check/lib/fast-check.js";
import { loadBackend } from "../../measure/backends.mjs";
import { heParameters, randomBatch } from "../comparison/random-case.mjs";
import { judgeTrajectory, runTrajectory, spreadOf } from "../comparison/trajectory.mjs";
import { relativeL2, verdictOf } from "../comparison/verdict.mjs";

/** The same architectures in every run. */
const SEED = 20131216;
/** Forward values and gradients of small networks in float32, away from kinks. */
const TOLERANCE = 2e-5;
/** Below it a rounding may change which side of a kink a value is on. */
const MIN_MARGIN = 1e-5;
const MAX_DRAWS = 8;
const COUNT = 3;
const OPTIMIZERS = [
  { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 },
  { kind: "adamw", learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
];
/** Cases that rounding decides are left out; more than these would leave too little compared. */
const MIN_COMPARED = 0.7;

/** Scores, loss, gradients and a short training of random small networks of every layer kind beside the reference's. */
export async function run({ backend: id, device, threads, architectures: count }, say) {
  const backend = await loadBackend(id);
  const reference = await loadBackend("reference");
  const architectures = fc.sample(arbitraryArchitecture(), { seed: SEED, numRuns: count });
  const quantities = [];
  const compared = { gradients: 0, training: 0 };
  for (const [index, architecture] of architectures.entries()) {
    const oracle = await reference.compile(architecture);
    const model = await backend.compile(architecture, { device, threads, maxBatch: COUNT });
    const gradients = await gradientQuantities(model, oracle, architecture, index);
    const training = await trainingQuantities(model, oracle, architecture, index);
    await model.dispose();
    compared.gradients += Number(gradients.length > 0);
    compared.training += Number(training.length > 0);
    quantities.push(...gradients, ...training);
    say({ ...resultOf(quantities, compared, index + 1), passed: false });
  }
  return resultOf(quantities, compared, count);
}

function resultOf(quantities, compared, architectures) {
  const { passed, ...verdict } = verdictOf(quantities);
  const enough = Object.values(compared).every((cases) => cases >= MIN_COMPARED * architectures);
  return { passed: passed && enough, architectures, casesCompared: compared, ...verdict };
}

/** None where every draw is at a kink. */
async function gradientQuantities(model, oracle, architecture, index) {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const parameters = heParameters(architecture, 1000 * index + draw);
    const batch = randomBatch(architecture, COUNT, 1000 * index + draw);
    await oracle.writeParameters(parameters);
    if ((await oracle.margin(batch)).smallest < MIN_MARGIN) continue;
    await model.writeParameters(parameters);
    return compareAnswers(await answersOf(model, batch), await answersOf(oracle, batch), `network ${index}`);
  }
  return [];
}

async function answersOf(model, { input, labels }) {
  const scores = await model.predict({ input });
  const { loss, gradients } = await model.gradients({ input, labels });
  const tensors = [...gradients].map(([name, { data }]) => [`gradient of ${name}`, data]);
  return new Map([["scores", scores.data], ["loss", [loss]], ...tensors]);
}

function compareAnswers(actual, expected, of) {
  return [...expected].map(([name, values]) => ({
    name: `${of}, ${name}`,
    difference: relativeL2(actual.get(name), values),
    tolerance: TOLERANCE,
  }));
}

/** None for a run whose own spread says that rounding decides it. */
async function trainingQuantities(model, oracle, architecture, index) {
  const optimizer = OPTIMIZERS[index % OPTIMIZERS.length];
  const plan = {
    train: { optimizer, seed: index },
    parameters: heParameters(architecture, index),
    steps: [COUNT, 1, COUNT].map((count, step) => ({
      batch: randomBatch(architecture, count, 100 * index + step),
      learningRate: optimizer.learningRate * (1 + step / 2),
    })),
  };
  const expected = await runTrajectory(oracle, plan);
  const spread = await spreadOf(oracle, plan, expected);
  const judged = judgeTrajectory(plan, await runTrajectory(model, plan), expected, spread);
  if (judged.some(({ tooLong }) => tooLong)) return [];
  return judged.map(({ name, difference, tolerance }) => ({
    name: `network ${index} with ${optimizer.kind}, ${name}`,
    difference,
    tolerance,
  }));
}
