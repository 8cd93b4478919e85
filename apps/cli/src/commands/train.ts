import { resolve } from "node:path";
import type { ConvolutionArithmetic, Precision } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { Command, Option } from "commander";
import { addBackendOptions, type BackendFlags, chooseBackend } from "../arguments/backend-options.js";
import { addLoadOptions, dataSource, type LoadFlags, loadingOf } from "../arguments/data-source.js";
import { readModelArgument } from "../arguments/model-argument.js";
import { fraction, integerFrom, positiveNumber } from "../arguments/numbers.js";
import { DEFAULT_RECIPE, readTrainingRecipe, type TrainingRecipe } from "../arguments/recipe-argument.js";
import { readStartWeights } from "../arguments/start-weights.js";
import { UsageError } from "../errors/usage-error.js";
import type { Terminal } from "../terminal/terminal.js";
import { printOutcome } from "../training/print-outcome.js";
import { retryLost } from "../training/retry-lost.js";
import { newRunFolder } from "../training/run-folder.js";
import {
  resumeTraining,
  startTraining,
  type TrainingOutcome,
  type TrainingOutput,
  type TrainingRequest,
} from "../training/training.js";

interface TrainFlags extends BackendFlags, LoadFlags {
  readonly weights?: string;
  readonly ignoreExtra?: boolean;
  readonly recipe: string;
  readonly data: string;
  readonly precision: Precision;
  readonly convolution: ConvolutionArithmetic;
  readonly epochs?: number;
  readonly maxSteps?: number;
  readonly limit?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed?: number;
  readonly validationFraction?: number;
  readonly earlyStopping?: number;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  readonly evalLimit?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly retryLost?: boolean;
  readonly forceUnlock?: boolean;
  readonly json?: boolean;
}

/** Options that can be combined with --resume; all others are the run's own. */
const WITH_RESUME: readonly string[] = [
  ...["resume", "data", "dataMemory", "maxSteps", "retryLost", "forceUnlock", "json", "debug"],
];

export function trainCommand(terminal: Terminal, exit: (status: number) => void): Command {
  const command = new Command("train")
    .description("train a network into a run folder: checkpoints, metrics and a report page")
    .argument(
      "[model]",
      "built-in network (nin, nin-mnist, ...) or architecture file; optional with --resume",
    )
    .option(
      "--recipe <name or file>",
      "recipe: robust, which suits itself to the data, d2l, the tutorial's, or a file",
      DEFAULT_RECIPE,
    )
    .option(
      "--weights <file>",
      "weights to start from: safetensors, ONNX, or model.json of TensorFlow.js (default: random ones)",
    )
    .option("--ignore-extra", "weights of the file that the model does not have are skipped")
    .option(
      "--data <name or path>",
      "data set: fashion-mnist, synthetic, or a folder or file of your own (see nin data --help)",
      "fashion-mnist",
    )
    .addOption(
      new Option(
        "--precision <precision>",
        "f32, or mixed, which multiplies 16-bit numbers in convolutions (webgpu; tfjs on tensorflow)",
      )
        .choices(["f32", "mixed"])
        .default("f32"),
    )
    .addOption(
      new Option(
        "--convolution <arithmetic>",
        "exact, or fast, whose results are rounded about ten times as coarsely",
      )
        .choices(["exact", "fast"])
        .default("exact"),
    )
    .option("--epochs <n>", "number of epochs (overrides the recipe)", integerFrom(1))
    .option(
      "--max-steps <n>",
      "number of steps to stop after (the schedule still covers all epochs)",
      integerFrom(1),
    )
    .option(
      "--limit <n>",
      "number of training images to use, taken from the start (default: all)",
      integerFrom(1),
    )
    .option("--batch-size <n>", "number of images per batch (overrides the recipe)", integerFrom(1))
    .option("--lr <x>", "learning rate (overrides the recipe)", positiveNumber)
    .option("--seed <n>", "seed of the random numbers (overrides the recipe)", integerFrom(0))
    .option(
      "--validation-fraction <f>",
      "part of the training images to set aside, by which the best checkpoint is chosen (overrides the recipe)",
      fraction,
    )
    .option(
      "--early-stopping <n>",
      "end of the run when so many epochs in a row have not improved on the validation images (overrides the recipe)",
      integerFrom(1),
    );
  addLoadOptions(command)
    .option("--log-every <n>", "number of steps between logged metrics", integerFrom(1), 10)
    .option("--checkpoint-every <n>", "number of steps between checkpoints", integerFrom(1), 200)
    .option(
      "--eval-limit <n>",
      "number of test images to evaluate on, taken from the start; 0 for none (default: all)",
      integerFrom(0),
    )
    .option("--out <folder>", "run folder to create (default: a new one under runs/)")
    .option("--resume <run>", "run folder to continue, with its own settings")
    .option("--retry-lost", "automatic recovery from a lost device, from the last checkpoint")
    .option("--force-unlock", "removal of a lock left in the run folder by another machine or container")
    .option("--json", "output as JSON, one object a line, the same as in metrics.jsonl");
  return addBackendOptions(command).action(async (model: string | undefined, flags: TrainFlags) => {
    const { resume } = flags;
    const output = flags.json === true ? jsonOutput(terminal) : terminal;
    const outcome = await terminal.stoppable(() =>
      resume === undefined ? trainNew(model, flags, output) : trainOn(resume, model, flags, command, output),
    );
    exit(printOutcome(outcome, output));
  });
}

/** Metrics on stdout, and what is for a person on stderr. */
function jsonOutput(terminal: Terminal): TrainingOutput {
  return {
    ...terminal,
    isInteractive: false,
    print: (line = "") => terminal.note(line),
    printJson: (line) => terminal.print(JSON.stringify(line)),
  };
}

async function trainNew(
  model: string | undefined,
  flags: TrainFlags,
  terminal: TrainingOutput,
): Promise<TrainingOutcome> {
  if (model === undefined)
    throw new UsageError("train: expected a model, such as nin-mnist, or --resume RUN");
  const architecture = await readModelArgument(model);
  const asked = await readTrainingRecipe(flags.recipe, flags);
  const { recipe, start: startWeights } = await startOf(architecture, asked, flags, terminal);
  const { limit = null, threads = null, maxSteps = null, evalLimit = null } = flags;
  const { precision, convolution, logEvery, checkpointEvery, dataMemory } = flags;
  const folder = flags.out ?? newRunFolder(architecture.name, recipe.recipe.name);
  const loading = loadingOf(flags);
  const choice = await chooseBackend(flags, terminal);
  const start = () =>
    startTraining(
      {
        ...{ architecture, model, recipe, limit, precision, threads, maxSteps, folder },
        ...{ convolution, logEvery, checkpointEvery, evalLimit },
        source: dataSource(flags.data),
        ...(startWeights && { start: startWeights }),
        ...(loading && { loading }),
        ...(dataMemory !== undefined && { dataMemory }),
        choice,
        forceUnlock: flags.forceUnlock === true,
      },
      terminal,
    );
  const resume = () => resumeTraining(folder, { ...(dataMemory !== undefined && { dataMemory }) }, terminal);
  return flags.retryLost === true ? retryLost(start, resume, terminal) : start();
}

/** The weights that `--weights` names, and the recipe with the preprocessing that they were trained with. */
async function startOf(
  architecture: Architecture,
  asked: TrainingRecipe,
  { weights, ignoreExtra }: TrainFlags,
  terminal: TrainingOutput,
): Promise<Pick<TrainingRequest, "recipe" | "start">> {
  if (weights === undefined) {
    if (ignoreExtra === true) throw new UsageError("train: --ignore-extra is for --weights");
    return { recipe: asked };
  }
  const options = { recipe: asked.recipe, ...(ignoreExtra === true && { ignoreExtra }) };
  const { parameters, preprocessing } = await readStartWeights(weights, architecture, options, terminal);
  const recipe = { ...asked.recipe, ...(preprocessing && { preprocessing }) };
  return { recipe: { ...asked, recipe }, start: { parameters, file: resolve(weights) } };
}

async function trainOn(
  folder: string,
  model: string | undefined,
  flags: TrainFlags,
  command: Command,
  terminal: TrainingOutput,
): Promise<TrainingOutcome> {
  const refused = command.options.find(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === "cli" &&
      !WITH_RESUME.includes(option.attributeName()),
  );
  if (refused !== undefined) {
    throw new UsageError(
      `${refused.long} cannot be combined with --resume: a run continues with its own settings`,
    );
  }
  const architecture = model === undefined ? undefined : await readModelArgument(model);
  const options = {
    ...(architecture === undefined ? {} : { architecture }),
    ...(flags.maxSteps === undefined ? {} : { maxSteps: flags.maxSteps }),
    ...(flags.dataMemory === undefined ? {} : { dataMemory: flags.dataMemory }),
    ...(command.getOptionValueSource("data") === "cli" ? { source: dataSource(flags.data) } : {}),
  };
  const forceUnlock = flags.forceUnlock === true;
  const resume = () => resumeTraining(folder, { ...options, forceUnlock }, terminal);
  return flags.retryLost === true ? retryLost(resume, resume, terminal) : resume();
}
