import {
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
} from "../../../../packages/spec/dist/index.js";
import { loadBackend } from "../../../measure/backends.mjs";
import { judgeTrajectory, runTrajectory, spreadOf } from "../../comparison/trajectory.mjs";
import { verdictOf } from "../../comparison/verdict.mjs";
import { firstTestImages } from "../../nin-base/fixture.mjs";

const STEPS = 2;
/**
 * AdamW's first updates are nearly signs of gradients, which roundings decide where these are
 * small: a larger epsilon damps that. Random architectures are trained with the usual one.
 */
const CASES = [
  { model: "nin-mnist", recipe: "robust", batchSize: 64, optimizer: { epsilon: 1e-2 } },
  { model: "nin", recipe: "d2l", batchSize: 16 },
];
/** Wrong on purpose: the rule must refuse these. */
const SABOTAGES = [
  { name: "another dropout mask", seed: 1, learningRate: 1 },
  { name: "a learning rate 5% too high", seed: 0, learningRate: 1.05 },
];

/** Two steps of full networks on real images, resized and scaled on the device, beside the same backend on CPU. */
export async function run({ device, threads, data }, say) {
  const results = [];
  for (const each of CASES) {
    const images = firstTestImages(data, STEPS * each.batchSize);
    if (images === undefined) return { skipped: `no Fashion-MNIST test images in ${data}` };
    results.push(await compare(each, images, device, threads));
    say({ passed: false, cases: results });
  }
  return { passed: results.every(({ passed }) => passed), cases: results };
}

async function compare(each, images, device, threads) {
  const architecture = builtinArchitecture(each.model);
  const recipe = builtinRecipe(each.recipe);
  const plan = planOf(architecture, recipe, each, images);
  const backend = await loadBackend("onnxruntime");
  const format = { channels: 1, height: 28, width: 28, preprocessing: recipe.preprocessing };
  const options = { threads, maxBatch: each.batchSize, imageFormat: format };
  const oracle = await backend.compile(architecture, { ...options, device: "cpu" });
  const expected = await runTrajectory(oracle, plan);
  const spread = await spreadOf(oracle, plan, expected);
  await oracle.dispose();
  const model = await backend.compile(architecture, { ...options, device });
  const judge = async (candidate) =>
    judgeTrajectory(plan, await runTrajectory(model, candidate), expected, spread);
  const judged = await judge(plan);
  const refused = [];
  for (const sabotage of SABOTAGES)
    refused.push({ name: sabotage.name, refused: !verdictOf(await judge(sabotaged(plan, sabotage))).passed });
  await model.dispose();
  const { passed, ...verdict } = verdictOf(judged);
  return {
    ...each,
    passed: passed && refused.every((one) => one.refused),
    losses: expected.losses,
    strict: judged.filter(({ tooLong }) => tooLong).length,
    ...verdict,
    refused,
  };
}

function planOf(architecture, recipe, { batchSize, optimizer = {} }, { images, labels }) {
  const imageBytes = images.length / labels.length;
  const used = { ...recipe.optimizer, ...optimizer };
  return {
    train: { optimizer: used, seed: recipe.seed },
    parameters: initialParameters(architecture, recipe.init, recipe.seed),
    steps: Array.from({ length: STEPS }, (_, step) => ({
      batch: {
        images: images.slice(step * batchSize * imageBytes, (step + 1) * batchSize * imageBytes),
        labels: labels.slice(step * batchSize, (step + 1) * batchSize),
      },
      learningRate: used.learningRate,
    })),
  };
}

function sabotaged(plan, { seed, learningRate }) {
  return {
    ...plan,
    train: { ...plan.train, seed: plan.train.seed + seed },
    steps: plan.steps.map((step) => ({ ...step, learningRate: step.learningRate * learningRate })),
  };
}
