import type { Precision } from "@nin/backend";
import { Command, Option } from "commander";
import { addBackendOptions, type BackendFlags, chooseBackend } from "../arguments/backend-options.js";
import { dataSource } from "../arguments/data-source.js";
import { readModelArgument } from "../arguments/model-argument.js";
import { integerFrom, positiveNumber } from "../arguments/numbers.js";
import { readRecipeArgument } from "../arguments/recipe-argument.js";
import { UsageError } from "../errors/usage-error.js";
import type { Terminal } from "../terminal/terminal.js";
import { printOutcome } from "../training/print-outcome.js";
import { retryLost } from "../training/retry-lost.js";
import { newRunFolder } from "../training/run-folder.js";
import { resumeTraining, startTraining, type TrainingOutcome } from "../training/training.js";

interface TrainFlags extends BackendFlags {
  readonly recipe: string;
  readonly data: string;
  readonly precision: Precision;
  readonly epochs?: number;
  readonly maxSteps?: number;
  readonly limit?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed?: number;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  readonly evalLimit?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly retryLost?: boolean;
  readonly forceUnlock?: boolean;
}

/** Options that can be combined with --resume; all others are the run's own. */
const WITH_RESUME: readonly string[] = ["resume", "data", "maxSteps", "retryLost", "forceUnlock", "debug"];

export function trainCommand(terminal: Terminal, exit: (status: number) => void): Command {
  const command = new Command("train")
    .description("train a network into a run folder: checkpoints, metrics and a report page")
    .argument(
      "[model]",
      "built-in network (nin, nin-mnist, ...) or architecture file; optional with --resume",
    )
    .option("--recipe <name or file>", "recipe: d2l, robust or a file", "d2l")
    .option(
      "--data <name or folder>",
      "data set: fashion-mnist, synthetic or a folder of IDX files",
      "fashion-mnist",
    )
    .addOption(
      new Option("--precision <precision>", "numeric precision of the computation")
        .choices(["f32", "mixed"])
        .default("f32"),
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
    .option("--force-unlock", "removal of a lock left in the run folder by another machine or container");
  return addBackendOptions(command).action(async (model: string | undefined, flags: TrainFlags) => {
    const { resume } = flags;
    const outcome = await terminal.stoppable(() =>
      resume === undefined
        ? trainNew(model, flags, terminal)
        : trainOn(resume, model, flags, command, terminal),
    );
    exit(printOutcome(outcome, terminal));
  });
}

async function trainNew(
  model: string | undefined,
  flags: TrainFlags,
  terminal: Terminal,
): Promise<TrainingOutcome> {
  if (model === undefined)
    throw new UsageError("train: expected a model, such as nin-mnist, or --resume RUN");
  const architecture = await readModelArgument(model);
  const recipe = await readRecipeArgument(flags.recipe, flags);
  const { limit = null, threads = null, maxSteps = null, evalLimit = null } = flags;
  const { precision, logEvery, checkpointEvery } = flags;
  const folder = flags.out ?? newRunFolder(architecture.name, recipe.name);
  const source = dataSource(flags.data);
  const choice = chooseBackend(flags);
  const start = () =>
    startTraining(
      {
        architecture,
        recipe,
        source,
        limit,
        choice,
        precision,
        threads,
        maxSteps,
        logEvery,
        checkpointEvery,
        evalLimit,
        folder,
        forceUnlock: flags.forceUnlock === true,
      },
      terminal,
    );
  const resume = () => resumeTraining(folder, {}, terminal);
  return flags.retryLost === true ? retryLost(start, resume, terminal) : start();
}

async function trainOn(
  folder: string,
  model: string | undefined,
  flags: TrainFlags,
  command: Command,
  terminal: Terminal,
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
    ...(command.getOptionValueSource("data") === "cli" ? { source: dataSource(flags.data) } : {}),
  };
  const forceUnlock = flags.forceUnlock === true;
  const resume = () => resumeTraining(folder, { ...options, forceUnlock }, terminal);
  return flags.retryLost === true ? retryLost(resume, resume, terminal) : resume();
}
