import { at, builtinArchitecture, builtinRecipe, parseRecipe, type Recipe } from "@nin/spec";
import { Command } from "commander";
import { dataOption, outOption, positiveInteger, pythonOption, wholeNumber } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { worstOf } from "./judge.js";
import {
  type JudgedSegment,
  measureTrajectory,
  type TrajectoryOptions,
  type TrajectoryResult,
} from "./measure.js";
import { LOGIT_IMAGES } from "./oracle.js";

/** The command's own options, as commander gives them. */
interface Options extends Omit<TrajectoryOptions, "architecture" | "recipe" | "run"> {
  readonly model: string;
  readonly recipe: string;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly out?: string;
}

export function trajectoryCommand(): Command {
  return new Command("trajectory")
    .description(
      "whether a backend trains as PyTorch in float64 does: losses, logits and updates of the same run",
    )
    .requiredOption("--model <name>", "built-in network, with its options")
    .requiredOption("--recipe <name>", "built-in recipe")
    .requiredOption("--steps <n>", "number of steps of the whole run", positiveInteger)
    .option("--segment <n>", "number of steps of a segment", positiveInteger, 5)
    .option("--batch-size <n>", "number of images in a batch (overrides the recipe)", positiveInteger)
    .option("--seed <n>", "seed of the run (overrides the recipe)", wholeNumber)
    .option("--plateau", "a run that is known to stay on its plateau: its loss need not fall", false)
    .option("--backend <id>", "backend to compare", "onnxruntime")
    .option("--device <id>", "device of the backend (default: its first one)")
    .option("--threads <n>", "number of threads of the backend", positiveInteger, 2)
    .addOption(pythonOption())
    .option("--python-threads <n>", "number of threads of PyTorch", positiveInteger, 1)
    .option("--oracle <folder>", "folder to keep PyTorch's run in, and to continue or use it from")
    .option("--spread-of <file>", "earlier result of the same run, whose spreads are used again")
    .addOption(dataOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const trajectory = trajectoryOptions(options);
      const { perturbedRuns, ...result } = await measureTrajectory(trajectory);
      if (options.out !== undefined)
        await writeResult(options.out, await fileOf(trajectory, perturbedRuns, result));
      console.log(reportOf(result));
      if (!result.passed) process.exitCode = 1;
    });
}

/** The network and the recipe that the options name. */
export function trajectoryOptions(options: Omit<Options, "out">): TrajectoryOptions {
  const { model, steps, segment } = options;
  const recipe = effectiveRecipe(options);
  return {
    ...options,
    architecture: builtinArchitecture(model),
    recipe,
    run: { model, recipe, steps, segment },
  };
}

function effectiveRecipe({ recipe: name, batchSize, seed }: Omit<Options, "out">): Recipe {
  const recipe = builtinRecipe(name);
  return parseRecipe({
    ...recipe,
    batchSize: batchSize ?? recipe.batchSize,
    seed: seed ?? recipe.seed,
  });
}

async function fileOf(options: TrajectoryOptions, perturbedRuns: number, result: TrajectoryResult) {
  const { backend, device = "default", threads, python, run } = options;
  const { passed, ...judged } = result;
  return {
    format: "nin-trajectory",
    version: 1,
    passed,
    environment: await environment(python),
    run,
    backend: { id: backend, device, threads },
    oracle: { precision: "float64", perturbedRuns, perturbation: 2 ** -23, logitImages: LOGIT_IMAGES },
    ...judged,
  };
}

/** The result in words, one line a segment, the verdict last. */
function reportOf({ passed, worst, pooled, wholeRun, controls, segments }: TrajectoryResult): string {
  const float32 = worstOf(segments.map((one) => one.pytorchFloat32Worst));
  return [
    "steps      loss     worst quantity                                            difference  tolerance  ratio",
    ...segments.map(segmentLine),
    "",
    `Whole run: the loss falls by ${percent(wholeRun.falls.oracle)} (oracle) and ${percent(wholeRun.falls.backend)} (backend, never set right)${
      wholeRun.leastFall === null
        ? ", on its plateau: no fall is asked for"
        : `, at least ${percent(wholeRun.leastFall)} is asked for`
    }.`,
    ...controls.map(
      ({ name, ratio, refused }) =>
        `Control, ${name}: ratio ${ratio.toPrecision(3)}, ${refused ? "refused as it must be" : "NOT REFUSED"}.`,
    ),
    `${segments.filter((one) => one.worst.ratio <= 1).length} of ${segments.length} segments are within their tolerances.`,
    `By the spread of all segments together: worst ratio ${pooled.worst.ratio.toPrecision(3)} (${pooled.worst.name}); controls ${pooled.controls
      .map(({ ratio }) => ratio.toPrecision(3))
      .join(", ")}; PyTorch's float32 ${pooled.pytorchFloat32Worst.ratio.toPrecision(3)}.`,
    `PyTorch's own float32 by the same rule: worst ratio ${float32.ratio.toPrecision(3)}.`,
    `Worst: ${worst.name}: ${worst.difference.toExponential(2)} of ${worst.tolerance.toExponential(2)} allowed, ratio ${worst.ratio.toPrecision(3)}.`,
    passed ? "PASSED" : "FAILED",
  ].join("\n");
}

function segmentLine({ first, steps, worst, losses, tooLongFor }: JudgedSegment): string {
  return [
    `${first}-${first + steps - 1}`.padEnd(9),
    at(losses, -1).toFixed(5).padStart(9),
    worst.name.replace(/ over steps.*/, "").padEnd(57),
    worst.difference.toExponential(2).padStart(11),
    worst.tolerance.toExponential(2).padStart(10),
    worst.ratio.toPrecision(3).padStart(7),
    tooLongFor.length > 0 ? `(spread over a tenth of the ceiling: ${tooLongFor.length})` : "",
  ].join(" ");
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`;
}
