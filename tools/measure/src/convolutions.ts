import { availableParallelism } from "node:os";
import type {
  ConvolutionShape,
  DirectSettings,
  FormulationChoice,
  PreparedProgram,
} from "@nin/backend-onnxruntime/profiling";
import { at, builtinArchitecture, inferLayers, present } from "@nin/spec";
import { Command } from "commander";
import { median } from "./support/numbers.js";
import { outOption, positiveInteger, positiveNumber } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

const MODELS = ["nin", "nin-mnist", "nin-cifar10"];
const BATCH = 128;
const TILES = [2, 4, 6, 7, 8, 9];
const MATMUL_EXTENT = 1024;
const LEAST_SAMPLES = 5;

interface Options {
  readonly threads: number;
  readonly seconds: number;
  readonly model: readonly string[];
  readonly out?: string;
}

export function convolutionsCommand(): Command {
  return new Command("convolutions")
    .description("how fast each formulation of each convolution of a network is on ONNX Runtime's CPU device")
    .option("--model <model...>", "built-in networks", MODELS)
    .option("--threads <n>", "number of threads", positiveInteger, availableParallelism())
    .option("--seconds <n>", "seconds that each formulation is timed for", positiveNumber, 1)
    .addOption(outOption())
    .action(async (options: Options) => {
      const product = await timeMatmul(options);
      console.log(`matrix product of ${product.size}x${product.size}: ${product.gflopPerSecond} GFLOP/s`);
      const layers = [];
      for (const model of options.model) layers.push(...(await convolutionsOf(model, options)));
      console.table(layers.map(({ times, ...layer }) => ({ ...layer, ...times })));
      if (options.out === undefined) return;
      const result = { environment: await environment(), threads: options.threads, product, layers };
      await writeResult(options.out, result);
    });
}

/** The machine's own speed, to compare the formulations with. */
async function timeMatmul({ threads, seconds }: Options) {
  const { prepareMatmul } = await import("@nin/backend-onnxruntime/profiling");
  const program = await prepareMatmul(MATMUL_EXTENT, { device: "cpu", threads });
  const [samples] = await timeInTurn([program], seconds);
  const gflopPerSecond = Math.round((2e-6 * MATMUL_EXTENT ** 3) / medianMs(present(samples)));
  return { size: MATMUL_EXTENT, gflopPerSecond };
}

async function convolutionsOf(model: string, { threads, seconds }: Options) {
  const { chooseFormulation, cpuMicroBatch } = await import("@nin/backend-onnxruntime/profiling");
  const architecture = builtinArchitecture(model);
  const images = cpuMicroBatch(architecture, BATCH);
  const rows = [];
  for (const { name, layer, inputShape, macs } of inferLayers(architecture)) {
    if (layer.kind !== "conv2d") continue;
    const { kernelSize, stride, padding, outChannels } = layer;
    const [channels, height, width] = [at(inputShape, 0), at(inputShape, 1), at(inputShape, 2)];
    const shape = {
      microBatchSize: images,
      height,
      width,
      channels,
      outChannels,
      kernelSize,
      stride,
      padding,
    };
    // The first convolution of a network needs no gradient of its input.
    const isFirst = name === "net.0.0";
    const choice = chooseFormulation(shape);
    const settings = { device: "cpu", threads } as const;
    const times = await timeFormulations(candidates(shape, choice), shape, !isFirst, settings, seconds);
    const chosen = labelOf(choice);
    const [best] = at(
      Object.entries(times).toSorted((a, b) => a[1] - b[1]),
      0,
    );
    const text = `${channels}x${height}x${width} -> ${outChannels}, ${kernelSize.join("x")}/${stride[0]}`;
    const flopsPerMac = isFirst ? 4e-6 : 6e-6;
    const gflopPerSecond = Math.round((flopsPerMac * macs * images) / present(times[chosen], chosen));
    rows.push({ model, layer: name, shape: text, images, chosen, best, gflopPerSecond, times });
  }
  return rows;
}

/** The median time of each formulation. Units: milliseconds. */
async function timeFormulations(
  choices: readonly FormulationChoice[],
  shape: ConvolutionShape,
  wantsInputGradient: boolean,
  settings: DirectSettings,
  seconds: number,
): Promise<Readonly<Record<string, number>>> {
  const { prepareConvolution } = await import("@nin/backend-onnxruntime/profiling");
  const programs: PreparedProgram[] = [];
  for (const choice of choices) {
    programs.push(await prepareConvolution(choice, shape, wantsInputGradient, settings));
  }
  const samples = await timeInTurn(programs, seconds);
  return Object.fromEntries(choices.map((choice, index) => [labelOf(choice), medianMs(at(samples, index))]));
}

/** Times programs in turn, after one run that warms up, and releases them. Units: milliseconds. */
async function timeInTurn(
  programs: readonly PreparedProgram[],
  seconds: number,
): Promise<readonly (readonly number[])[]> {
  for (const program of programs) await program.run();
  const samples: number[][] = programs.map(() => []);
  const end = performance.now() + 1000 * seconds * programs.length;
  while (performance.now() < end || at(samples, 0).length < LEAST_SAMPLES) {
    for (const [index, program] of programs.entries()) {
      const start = performance.now();
      await program.run();
      at(samples, index).push(performance.now() - start);
    }
  }
  for (const program of programs) await program.release();
  return samples;
}

function candidates(
  { kernelSize, stride, padding }: ConvolutionShape,
  chosen: FormulationChoice,
): readonly FormulationChoice[] {
  const isUnit = ([height, width]: readonly [number, number]): boolean => height === 1 && width === 1;
  const choices: FormulationChoice[] = [{ kind: "im2col" }];
  if (isUnit(kernelSize) && isUnit(stride) && padding[0] === 0) choices.push({ kind: "pointwise" });
  else if (isUnit(stride)) {
    choices.push(
      ...TILES.map((tile): FormulationChoice => ({ kind: "winograd", tile: [tile, tile], points: "roots" })),
    );
  }
  const isListed = choices.some((choice) => labelOf(choice) === labelOf(chosen));
  return isListed ? choices : [...choices, chosen];
}

function labelOf(choice: FormulationChoice): string {
  return choice.kind === "winograd" ? `winograd ${choice.tile.join("x")}` : choice.kind;
}

function medianMs(samples: readonly number[]): number {
  return Number(median(samples).toFixed(2));
}
