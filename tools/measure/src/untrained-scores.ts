import type { Model } from "@nin/backend";
import { type DatasetPair, firstImages, type ImageSource, isInMemory, resolveRecipe } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import {
  at,
  builtinArchitecture,
  builtinRecipe,
  entry,
  initialParameters,
  present,
  type Recipe,
} from "@nin/spec";
import { Command } from "commander";
import { statisticsOf } from "./support/numbers.js";
import { dataOption, outOption, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

const d2l = builtinRecipe("d2l");
const robust = builtinRecipe("robust");

/** Recipes whose initial parameters and preprocessing are compared. */
const VARIANTS: Readonly<Record<string, Recipe>> = {
  d2l,
  "d2l, standardized pixels": { ...d2l, preprocessing: robust.preprocessing },
  "d2l, He weights": { ...d2l, init: { ...d2l.init, weight: robust.init.weight } },
  robust,
};

interface Options {
  readonly data: string;
  readonly model: string;
  readonly seeds: number;
  readonly images: number;
  readonly out?: string;
}

/** What a network gives before its first step. */
interface Untrained {
  /** The mean over the classes of the standard deviation over the images. */
  readonly deviation: number;
  /** The number of classes whose score is 0 for every image. */
  readonly zeroClasses: number;
  /** The L2 norm of the gradient by the first layer's weights. */
  readonly firstGradient: number;
}

export function untrainedScoresCommand(): Command {
  return new Command("untrained-scores")
    .description("how much the scores of an untrained network depend on the image, by recipe")
    .option("--model <name>", "built-in network", "nin-mnist")
    .option("--seeds <n>", "number of seeds", positiveInteger, 10)
    .option("--images <n>", "number of test images", positiveInteger, 1000)
    .addOption(dataOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const { model, seeds, images, out } = options;
      const data = await loadDataset(options.data);
      const results = [];
      for (const [name, recipe] of Object.entries(VARIANTS)) {
        const found = await untrained(recipe, data, options);
        const [deviation, zeroClasses, firstGradient] = [
          statisticsOf(found.map((one) => one.deviation)),
          statisticsOf(found.map((one) => one.zeroClasses)),
          statisticsOf(found.map((one) => one.firstGradient)),
        ];
        results.push({ recipe: name, deviation, zeroClasses, firstGradient });
        console.log(
          `${name}: deviation ${deviation.median}, first gradient ${firstGradient.median}, classes at 0 ${zeroClasses.median}`,
        );
      }
      if (out === undefined) return;
      const settings = { model, seeds, images };
      const file = { format: "nin-untrained-scores", version: 1, environment: await environment() };
      await writeResult(out, { ...file, settings, results });
    });
}

/** What the network gives with each seed's initial parameters. */
async function untrained(
  recipe: Recipe,
  data: DatasetPair<ImageSource>,
  { model: name, seeds, images }: Options,
) {
  const architecture = builtinArchitecture(name);
  const { preprocessing } = await resolveRecipe(recipe, data.train);
  const probed = firstImages(data.test, images);
  if (!isInMemory(probed)) throw new Error("expected a data set in memory");
  const { channels, height, width } = probed;
  const backend = await loadBackend("onnxruntime");
  await using model = await backend.compile(architecture, {
    device: "cpu",
    maxBatch: probed.count,
    imageFormat: { channels, height, width, preprocessing },
  });
  const batch = { images: probed.images, labels: probed.labels };
  const found: Untrained[] = [];
  for (let seed = 0; seed < seeds; seed += 1) {
    const parameters = initialParameters(architecture, recipe.init, seed);
    await model.writeParameters(parameters);
    const [first] = parameters.keys();
    found.push(await untrainedOf(model, batch, present(first), probed.classNames.length));
  }
  return found;
}

async function untrainedOf(
  model: Model,
  batch: { readonly images: Uint8Array; readonly labels: Uint8Array | Uint16Array },
  firstParameter: string,
  classes: number,
): Promise<Untrained> {
  const { data: scores } = await model.predict(batch);
  const { gradients } = await model.gradients(batch);
  const { data: first } = entry(gradients, firstParameter);
  const count = scores.length / classes;
  const ofClass = (label: number): readonly number[] =>
    Array.from({ length: count }, (_, image) => at(scores, image * classes + label));
  const byClass = Array.from({ length: classes }, (_, label) => ofClass(label));
  const sum = (values: Iterable<number>): number => {
    let total = 0;
    for (const value of values) total += value;
    return total;
  };
  const deviationOf = (values: readonly number[]): number => {
    const mean = sum(values) / count;
    return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / count);
  };
  return {
    deviation: sum(byClass.map(deviationOf)) / classes,
    zeroClasses: byClass.filter((values) => values.every((value) => value === 0)).length,
    firstGradient: Math.sqrt(sum(first.map((value) => value ** 2))),
  };
}
