import type { Model, TrainOptions } from "@nin/backend";
import { firstImages, type ImageDataset, resolveRecipe } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import {
  type Differences,
  differencesOf,
  type Judgement,
  judgeSegment,
  type NamedTensors,
  type SegmentOutcome,
} from "@nin/measure";
import { loadBackend } from "@nin/registry";
import {
  at,
  builtinArchitecture,
  builtinRecipe,
  elementCount,
  entry,
  initialParameters,
  type Optimizer,
  PURPOSE,
  philox,
  philoxKey,
  present,
} from "@nin/spec";
import { verdictOf } from "../judging/verdict.js";
import type { Report, StepOptions, StepResult } from "../step.js";
import { hasFashionMnist } from "./curve.js";

/** A training of a few steps, which every model can be asked for. */
interface Plan {
  readonly train: TrainOptions;
  readonly parameters: NamedTensors;
  readonly steps: readonly {
    readonly batch: { readonly images: Uint8Array; readonly labels: Uint8Array | Uint16Array };
    readonly learningRate: number;
  }[];
}

/** A network that is trained on both devices. */
interface Case {
  readonly model: string;
  readonly recipe: string;
  readonly batchSize: number;
  /** Instead of the recipe's own value. */
  readonly optimizer?: { readonly epsilon: number };
}

const STEPS = 2;
const PERTURBED_RUNS = 4;

/**
 * AdamW's first updates are nearly signs of gradients, which roundings decide where these are small: a larger epsilon
 * damps that. Random architectures are trained with the usual one.
 */
const CASES: readonly Case[] = [
  { model: "nin-mnist", recipe: "robust", batchSize: 64, optimizer: { epsilon: 1e-2 } },
  { model: "nin", recipe: "d2l", batchSize: 16 },
];

/** Wrong on purpose: the rule must refuse these. */
const SABOTAGES = [
  { name: "another dropout mask", seed: 1, learningRate: 1 },
  { name: "a learning rate 5% too high", seed: 0, learningRate: 1.05 },
];

/** Two steps of full networks on real images, resized and scaled on the device, compared with the same backend on CPU. */
export async function cpuComparison(
  { device, threads, data }: StepOptions,
  report: Report,
): Promise<StepResult> {
  if (!hasFashionMnist(data)) return { skipped: `no Fashion-MNIST in ${data}` };
  const { test } = await loadDataset(data);
  const cases: StepResult[] = [];
  for (const each of CASES) {
    cases.push(await compare(each, firstImages(test, STEPS * each.batchSize), device, threads));
    report({ passed: false, cases });
  }
  return { passed: cases.every(({ passed }) => passed === true), cases };
}

async function compare(
  each: Case,
  images: ImageDataset,
  device: string,
  threads: number,
): Promise<StepResult> {
  const architecture = builtinArchitecture(each.model);
  const { preprocessing } = await resolveRecipe(builtinRecipe(each.recipe), images);
  const plan = planOf(each, images);
  const backend = await loadBackend("onnxruntime");
  const imageFormat = { channels: 1, height: 28, width: 28, preprocessing };
  const options = { threads, maxBatch: each.batchSize, imageFormat };
  const oracle = await backend.compile(architecture, { ...options, device: "cpu" });
  const expected = await run(oracle, plan);
  const spread = await spreadOf(oracle, plan, expected);
  await oracle.dispose();
  const model = await backend.compile(architecture, { ...options, device });
  const judge = async (candidate: Plan): Promise<readonly Judgement[]> =>
    judgeSegment(0, differencesOf(await run(model, candidate), expected, plan.parameters), spread);
  const judged = await judge(plan);
  const refused = [];
  for (const sabotage of SABOTAGES) {
    const { passed } = verdictOf(await judge(sabotaged(plan, sabotage)));
    refused.push({ name: sabotage.name, refused: !passed });
  }
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

function planOf({ model, recipe: name, batchSize, optimizer }: Case, dataset: ImageDataset): Plan {
  const recipe = builtinRecipe(name);
  const { images, labels, count } = dataset;
  const imageBytes = images.length / count;
  const used = { ...recipe.optimizer, ...optimizer } as Optimizer;
  return {
    train: { optimizer: used, seed: recipe.seed },
    parameters: initialParameters(builtinArchitecture(model), recipe.init, recipe.seed),
    steps: Array.from({ length: STEPS }, (_, step) => ({
      batch: {
        images: images.slice(step * batchSize * imageBytes, (step + 1) * batchSize * imageBytes),
        labels: labels.slice(step * batchSize, (step + 1) * batchSize),
      },
      learningRate: used.learningRate,
    })),
  };
}

/** Trains from the plan's parameters, or from others; the scores are those of the first batch after the steps. */
async function run(model: Model, plan: Plan, start: NamedTensors = plan.parameters): Promise<SegmentOutcome> {
  await model.writeParameters(start);
  const session = await model.train(plan.train);
  try {
    for (const { batch, learningRate } of plan.steps) await session.step(copyOf(batch), { learningRate });
    const { losses } = await session.metrics();
    const { parameters } = await session.readState();
    const { data } = await model.predict(copyOf(at(plan.steps, 0).batch));
    return { losses, logits: [...data], parameters };
  } finally {
    await session.dispose();
  }
}

/** The backend is given the memory of its images. */
function copyOf({ images, labels }: Plan["steps"][number]["batch"]) {
  return { images: images.slice(), labels: labels.slice() };
}

/** How far the oracle is from itself when its weights are moved by 2^-23 of themselves: the largest of some runs. */
async function spreadOf(oracle: Model, plan: Plan, expected: SegmentOutcome): Promise<Differences> {
  const runs: Differences[] = [];
  for (let number = 0; number < PERTURBED_RUNS; number += 1) {
    const moved = await run(oracle, plan, perturbed(plan.parameters, number));
    runs.push(differencesOf(moved, expected, plan.parameters));
  }
  const largest = (read: (differences: Differences) => number): number => Math.max(...runs.map(read));
  return {
    losses: expected.losses.map((_, step) => largest(({ losses }) => at(losses, step))),
    logits: largest(({ logits }) => logits),
    updates: Object.fromEntries(
      [...expected.parameters.keys()].map((name) => [
        name,
        largest(({ updates }) => present(updates[name], name)),
      ]),
    ),
  };
}

/** Each value moved by one float32 rounding, up or down, or not at all where the product rounds back. */
function perturbed(parameters: NamedTensors, number: number): NamedTensors {
  const names = [...parameters.keys()];
  return new Map(
    names.map((name, index) => {
      const { shape, data } = entry(parameters, name);
      const signs = randomSigns(elementCount(shape), 1000 * number + index + 1);
      const moved = Float32Array.from(data, (value, i) => value * (1 + 2 ** -23 * at(signs, i)));
      return [name, { shape, data: moved }];
    }),
  );
}

/** 1 or -1, and 0 once in four billion numbers; the same for a seed every time. */
function randomSigns(length: number, seed: number): Int8Array {
  const words = new Uint32Array(4);
  const key = philoxKey(seed);
  return Int8Array.from({ length }, (_, index) => {
    if (index % 4 === 0) philox(key, index / 4, 0, 0, PURPOSE.synthetic, words);
    return Math.sign(Math.fround(2 * (at(words, index % 4) / 2 ** 32) - 1));
  });
}

function sabotaged(plan: Plan, { seed, learningRate }: (typeof SABOTAGES)[number]): Plan {
  return {
    ...plan,
    train: { ...plan.train, seed: plan.train.seed + seed },
    steps: plan.steps.map((step) => ({ ...step, learningRate: step.learningRate * learningRate })),
  };
}
