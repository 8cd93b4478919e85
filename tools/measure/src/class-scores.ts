import type { Model } from "@nin/backend";
import {
  type DatasetPair,
  firstImages,
  type ImageDataset,
  type ImageSource,
  isInMemory,
  resolveRecipe,
} from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import {
  at,
  builtinArchitecture,
  builtinRecipe,
  type NamedTensors,
  type Recipe,
  type Tensor,
} from "@nin/spec";
import { type EpochMetrics, type MetricsLine, type TrainingRecorder, trainModel } from "@nin/training";
import { Command } from "commander";
import { dataOption, outOption, positiveInteger, positiveNumber, wholeNumber } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

/** The scores of one class over the probed images. */
interface ClassScores {
  readonly mean: number;
  /** The share of images whose score is exactly 0: the last ReLU lets no gradient of this class through there. */
  readonly zeroShare: number;
  /** The number of images whose highest score this is. */
  readonly predicted: number;
}

/** What the network gave for the probed images after a step. */
interface Probe {
  readonly step: number;
  /** The mean training loss of the steps since the probe before. */
  readonly loss: number | null;
  readonly classes: readonly ClassScores[];
}

interface Options {
  readonly data: string;
  readonly model: string;
  readonly recipe: string;
  readonly epochs: number;
  readonly lr?: number;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly every: number;
  readonly images: number;
  readonly threads?: number;
  readonly out?: string;
}

export function classScoresCommand(): Command {
  return new Command("class-scores")
    .description("how the score of each class develops in trainings of several seeds, and which are lost")
    .option("--model <name>", "built-in network", "nin-mnist")
    .option("--recipe <name>", "built-in recipe", "d2l")
    .option("--epochs <n>", "number of epochs", positiveInteger, 2)
    .option("--lr <x>", "learning rate (overrides the recipe)", positiveNumber)
    .option("--first-seed <n>", "the first seed", wholeNumber, 0)
    .option("--seeds <n>", "number of seeds", positiveInteger, 10)
    .option("--every <steps>", "steps between two looks at the scores", positiveInteger, 50)
    .option("--images <n>", "number of test images whose scores are looked at", positiveInteger, 1000)
    .option("--threads <n>", "number of CPU threads", positiveInteger)
    .addOption(dataOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const data = await loadDataset(options.data);
      const runs = [];
      for (let seed = options.firstSeed; seed < options.firstSeed + options.seeds; seed += 1) {
        const run = await probedRun(data, seed, options);
        const { testAccuracy, plateauSteps, deadClasses } = run;
        console.log(JSON.stringify({ seed, testAccuracy, plateauSteps, deadClasses }));
        runs.push(run);
        if (options.out !== undefined) await save(options.out, options, data.train.classNames, runs);
      }
    });
}

async function save(
  out: string,
  options: Options,
  classNames: readonly string[],
  runs: readonly object[],
): Promise<void> {
  const { model, recipe, epochs, lr, every, images } = options;
  const settings = { model, recipe, epochs, ...(lr !== undefined && { learningRate: lr }), every, images };
  const file = { format: "nin-class-scores", version: 1 };
  await writeResult(out, { ...file, environment: await environment(), settings, classNames, runs });
}

/** Trains one seed on ONNX Runtime's CPU device, and looks at the scores of test images on the way. */
async function probedRun(data: DatasetPair<ImageSource>, seed: number, options: Options) {
  const architecture = builtinArchitecture(options.model);
  const recipe = await resolveRecipe(recipeOf(seed, options), data.train);
  const { channels, height, width } = data.train;
  const backend = await loadBackend("onnxruntime");
  const compile = (maxBatch: number): Promise<Model> =>
    backend.compile(architecture, {
      device: "cpu",
      maxBatch,
      imageFormat: { channels, height, width, preprocessing: recipe.preprocessing },
      ...(options.threads !== undefined && { threads: options.threads }),
    });
  const model = await compile(recipe.batchSize);
  const prober = await compile(PROBE_BATCH);
  try {
    const probed = firstImages(data.test, options.images);
    if (!isInMemory(probed)) throw new Error("expected a data set in memory");
    const recorder = new ProbingRecorder(prober, probed);
    const often = { logEvery: 1, checkpointEvery: options.every };
    const { epochs } = await trainModel({ model, architecture, recipe, data, recorder, ...often });
    return {
      seed,
      testAccuracy: epochs.map(({ testAccuracy }) => testAccuracy),
      plateauSteps: recorder.plateauSteps,
      deadClasses: deadClasses(epochs.at(-1)),
      warnings: recorder.warnings,
      probes: recorder.probes,
    };
  } finally {
    await model.dispose();
    await prober.dispose();
  }
}

function recipeOf(seed: number, { recipe, epochs, lr }: Options): Recipe {
  const given: Recipe = { ...builtinRecipe(recipe), seed, epochs };
  return lr === undefined ? given : { ...given, optimizer: { ...given.optimizer, learningRate: lr } };
}

/** The classes that no test image is predicted to be. */
function deadClasses(epoch: EpochMetrics | undefined): readonly number[] | null {
  const confusion = epoch?.confusion;
  if (!confusion) return null;
  return confusion.flatMap((_, label) => (confusion.every((row) => at(row, label) === 0) ? [label] : []));
}

const PROBE_BATCH = 100;
/** As close to the loss of guessing as the warning `plateau` has it. Units: nats. */
const PLATEAU_MARGIN = 0.01;

/** Looks at the scores of images whenever the training saves a checkpoint. */
class ProbingRecorder implements TrainingRecorder {
  readonly probes: Probe[] = [];
  readonly warnings: MetricsLine[] = [];
  /** The number of steps before the loss first leaves that of guessing for good. */
  plateauSteps = 0;
  #losses: number[] = [];

  constructor(
    private readonly prober: Model,
    private readonly images: ImageDataset,
  ) {}

  async appendMetrics(lines: readonly MetricsLine[]): Promise<void> {
    const guessing = Math.log(this.images.classNames.length);
    for (const line of lines) {
      if (line.kind === "warning") this.warnings.push(line);
      if (line.kind !== "step") continue;
      this.#losses.push(line.loss);
      if (Math.abs(line.loss - guessing) <= PLATEAU_MARGIN) this.plateauSteps = line.step;
    }
  }

  async saveCheckpoint({
    state,
  }: {
    readonly state: { readonly step: number; readonly parameters: NamedTensors };
  }) {
    await this.prober.writeParameters(state.parameters);
    const loss =
      this.#losses.length === 0
        ? null
        : this.#losses.reduce((sum, one) => sum + one, 0) / this.#losses.length;
    this.#losses = [];
    this.probes.push({ step: state.step, loss, classes: await scoresOf(this.prober, this.images) });
  }
}

async function scoresOf(model: Model, images: ImageDataset): Promise<readonly ClassScores[]> {
  const classes = images.classNames.length;
  const sums = new Float64Array(classes);
  const zeros = new Uint32Array(classes);
  const predicted = new Uint32Array(classes);
  const imageBytes = images.images.length / images.count;
  for (let start = 0; start < images.count; start += PROBE_BATCH) {
    const end = Math.min(start + PROBE_BATCH, images.count);
    const bytes = images.images.subarray(start * imageBytes, end * imageBytes);
    const { data }: Tensor = await model.predict({ images: bytes });
    for (let image = 0; image < end - start; image += 1) {
      const scores = data.subarray(image * classes, (image + 1) * classes);
      let best = 0;
      for (const [label, score] of scores.entries()) {
        sums[label] = at(sums, label) + score;
        if (score === 0) zeros[label] = at(zeros, label) + 1;
        if (score > at(scores, best)) best = label;
      }
      predicted[best] = at(predicted, best) + 1;
    }
  }
  return Array.from(sums, (sum, label) => ({
    mean: rounded(sum / images.count),
    zeroShare: rounded(at(zeros, label) / images.count),
    predicted: at(predicted, label),
  }));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
