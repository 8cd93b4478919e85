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

/** What a training took, and its kernels but for those of the first step. */
interface ProfiledTraining {
  readonly steps: number;
  readonly seconds: number;
  readonly kernels: readonly ProfiledKernel[];
}

const SHOWN_ROWS = 40;
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
      const { model, imagesPerSecond, gflopPerSecond, kernelShare, operators, layers, nodes } = result;
      console.log(`${model}: ${imagesPerSecond} images/s, ${gflopPerSecond} GFLOP/s, kernels ${kernelShare}`);
      for (const rows of [operators, layers, nodes]) console.table(rows.slice(0, SHOWN_ROWS));
      if (options.out !== undefined) await writeResult(options.out, result);
    });
}

async function trainProfiled(options: Options): Promise<ProfiledTraining> {
  const { DirectEngine, readProfiles } = await import("@nin/backend-onnxruntime/profiling");
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
    const { kernels } = await readProfiles(folder);
    return { steps, seconds, kernels: kernels.filter(({ run }) => run > 0) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function resultOf(options: Options, { steps, seconds, kernels: all }: ProfiledTraining) {
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
    operators: by(({ operator }) => operator),
    layers: by(({ name }) => at(name.split("/"), 0)),
    nodes: by(({ name, operator }) => `${name} ${operator}`).slice(0, SHOWN_ROWS),
  };
}
