import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { ProfiledKernel } from "@nin/backend-onnxruntime/profiling";
import { at, builtinArchitecture, builtinRecipe, initialParameters, summarize } from "@nin/spec";
import { Command } from "commander";
import { outOption, positiveInteger, positiveNumber } from "./support/options.js";
import { writeResult } from "./support/result.js";

interface Options {
  readonly model: string;
  readonly recipe: string;
  readonly batchSize: number;
  readonly microBatch?: number;
  readonly threads: number;
  readonly seconds: number;
  readonly out?: string;
}

/** What a training took, its kernels but for those of the first step, and those of products that are as fast as any here. */
interface ProfiledTraining {
  readonly steps: number;
  readonly seconds: number;
  readonly kernels: readonly ProfiledKernel[];
  readonly squareProducts: readonly ProfiledKernel[];
}

const SHOWN_ROWS = 40;
/** The extent of square matrices whose product is as fast as any, and how often it is computed. */
const SQUARE = 1024;
const SQUARE_PRODUCTS = 40;
/** Faster ones are chance. */
const BEST_QUANTILE = 0.95;
/** A product that takes less is timed too coarsely. Units: milliseconds. */
const LEAST_MS = 0.2;
/** Operators whose time is that of the operators inside. */
const CONTROL_FLOW = ["Scan", "Loop"];

export function operatorTimesCommand(): Command {
  return new Command("operator-times")
    .description(
      "where a training step on ONNX Runtime's CPU device spends its time, from the runtime's profile",
    )
    .option("--model <name>", "built-in network", "nin")
    .option("--recipe <name>", "built-in recipe, for its optimizer", "d2l")
    .option("--batch-size <n>", "number of images in a batch", positiveInteger, 128)
    .option(
      "--micro-batch <n>",
      "number of images in a micro-batch (default: the backend's choice)",
      positiveInteger,
    )
    .option("--threads <n>", "number of threads", positiveInteger, availableParallelism())
    .option("--seconds <n>", "seconds to train for", positiveNumber, 10)
    .addOption(outOption())
    .action(async (options: Options) => {
      const result = resultOf(options, await trainProfiled(options));
      const { model, imagesPerSecond, gflopPerSecond, kernelShare, products, operators, layers, nodes } =
        result;
      console.log(`${model}: ${imagesPerSecond} images/s, ${gflopPerSecond} GFLOP/s, kernels ${kernelShare}`);
      console.log(
        `products: ${products.share} of the kernels' time, ${products.gflopPerSecond} GFLOP/s, the best here ${products.bestGflopPerSecond};` +
          ` with all at the best and nothing besides ${products.boundImagesPerSecond} images/s`,
      );
      for (const rows of [operators, layers, nodes]) console.table(rows.slice(0, SHOWN_ROWS));
      if (options.out !== undefined) await writeResult(options.out, result);
    });
}

async function trainProfiled(options: Options): Promise<ProfiledTraining> {
  const { DirectEngine, prepareMatmul, readProfiles } = await import("@nin/backend-onnxruntime/profiling");
  const { batchSize, threads, microBatch } = options;
  const architecture = builtinArchitecture(options.model);
  const recipe = builtinRecipe(options.recipe);
  const folder = await mkdtemp(join(tmpdir(), "nin-profile-"));
  try {
    const engine = new DirectEngine(
      { device: "cpu", threads, profilePrefix: join(folder, "profile") },
      {
        architecture,
        parameters: initialParameters(architecture, recipe.init, 0),
        maxBatch: batchSize,
        ...(microBatch === undefined ? {} : { microBatch }),
      },
    );
    const trainer = engine.trainer(recipe.optimizer);
    const { channels, height, width } = architecture.input;
    const images = Float32Array.from({ length: batchSize * channels * height * width }, Math.random);
    const labels = Int32Array.from({ length: batchSize }, (_, index) => index % 10);
    const step = () => trainer.train({ kind: "input", count: batchSize, images }, labels, 1e-4);
    await step();
    const start = performance.now();
    let steps = 0;
    for (; performance.now() - start < 1000 * options.seconds; steps += 1) await step();
    const seconds = (performance.now() - start) / 1000;
    await trainer.dispose();
    await engine.release();
    const square = await prepareMatmul(SQUARE, {
      device: "cpu",
      threads,
      profilePrefix: join(folder, "square"),
    });
    for (let done = 0; done < SQUARE_PRODUCTS; done += 1) await square.run();
    await square.release();
    const { kernels } = await readProfiles(folder, "profile");
    const { kernels: squareProducts } = await readProfiles(folder, "square");
    return { steps, seconds, kernels: kernels.filter(({ run }) => run > 0), squareProducts };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The rate of the matrix products, and the bound that they set: no step that computes these products can be faster than they are at the
 * best rate. Units: 1e9 floating-point operations, two for each multiply-accumulate.
 */
function productsOf(kernels: readonly ProfiledKernel[], square: readonly ProfiledKernel[], images: number) {
  const products = kernels.filter(({ productFlop }) => productFlop > 0);
  const rates = [...products, ...square]
    .filter(({ durationMs, productFlop }) => productFlop > 0 && durationMs >= LEAST_MS)
    .map(({ durationMs, productFlop }) => (1e-6 * productFlop) / durationMs)
    .toSorted((a, b) => a - b);
  const best = at(rates, Math.floor(BEST_QUANTILE * (rates.length - 1)));
  const total = (of: readonly ProfiledKernel[], value: (kernel: ProfiledKernel) => number) =>
    of.reduce((sum, kernel) => sum + value(kernel), 0);
  const ms = total(products, ({ durationMs }) => durationMs);
  const gflop = 1e-9 * total(products, ({ productFlop }) => productFlop);
  return {
    share: `${((100 * ms) / total(kernels, ({ durationMs }) => durationMs)).toFixed(1)}%`,
    gflopPerImage: Number((gflop / images).toFixed(3)),
    gflopPerSecond: Number(((1000 * gflop) / ms).toFixed(1)),
    bestGflopPerSecond: Number(best.toFixed(1)),
    boundImagesPerSecond: Number(((images * best) / gflop).toFixed(1)),
  };
}

function resultOf(options: Options, { steps, seconds, kernels: all, squareProducts }: ProfiledTraining) {
  const architecture = builtinArchitecture(options.model);
  const kernels = all.filter(({ operator }) => !CONTROL_FLOW.includes(operator));
  const totalMs = kernels.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const by = (keyOf: (kernel: ProfiledKernel) => string) => {
    const sums = new Map<string, number>();
    for (const kernel of kernels) {
      sums.set(keyOf(kernel), (sums.get(keyOf(kernel)) ?? 0) + kernel.durationMs);
    }
    return [...sums]
      .toSorted((a, b) => b[1] - a[1])
      .map(([name, ms]) => ({
        name,
        msPerStep: Number((ms / steps).toFixed(2)),
        share: `${((100 * ms) / totalMs).toFixed(1)}%`,
      }));
  };
  const images = steps * options.batchSize;
  const flopPerImage = 2 * summarize(architecture).trainingMacs;
  return {
    model: architecture.name,
    batchSize: options.batchSize,
    steps,
    imagesPerSecond: Number((images / seconds).toFixed(1)),
    gflopPerSecond: Number(((1e-9 * flopPerImage * images) / seconds).toFixed(1)),
    kernelShare: Number((totalMs / 1000 / seconds).toFixed(3)),
    products: productsOf(kernels, squareProducts, images),
    operators: by(({ operator }) => operator),
    layers: by(({ name }) => at(name.split("/"), 0)),
    nodes: by(({ name, operator }) => `${name} ${operator}`).slice(0, SHOWN_ROWS),
  };
}
