import { type ImageSource, resolveRecipe } from "@nin/data";
import type { Architecture, NamedTensors, Preprocessing, Recipe } from "@nin/spec";
import { type EvaluationResult, evaluateModel, splitValidation } from "@nin/training";
import type { DataLoading } from "@nin/training/node";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  threadsOf,
  withModel,
} from "../arguments/backend-options.js";
import { requireScores } from "../arguments/class-count.js";
import {
  addLoadOptions,
  type DataRequest,
  dataSource,
  imageFormat,
  type LoadFlags,
  loadData,
  loadingOf,
} from "../arguments/data-source.js";
import { integerFrom } from "../arguments/numbers.js";
import { readRecipeArgument } from "../arguments/recipe-argument.js";
import {
  addWeightsOptions,
  preprocessingOf,
  readTrainedModel,
  TARGET,
  type WeightsChoice,
} from "../arguments/trained-model.js";
import { withFileInErrors } from "../errors/usage-error.js";
import { count, percent, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

interface EvaluateFlags extends BackendFlags, LoadFlags, WeightsChoice {
  readonly recipe?: string;
  readonly data?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** What to evaluate, and on which data by default. */
interface Subject {
  readonly architecture: Architecture;
  readonly parameters: NamedTensors;
  /** The file they were read from. */
  readonly file: string;
  /** The recipe whose preprocessing it was trained with, or the numbers that a file of weights has. */
  readonly trainedWith: Recipe | Preprocessing;
  readonly data?: { readonly source: string; readonly loading?: DataLoading };
}

const BATCH = 128;

export function evaluateCommand(terminal: Terminal): Command {
  const command = new Command("evaluate")
    .description("compute loss and accuracy on the test images")
    .argument("<target>", TARGET)
    .option(
      "--recipe <name or file>",
      "recipe that defines the preprocessing (default: the run's, or that of the file of weights)",
    )
    .option(
      "--data <name or path>",
      "data set, as of nin train (default: the run's; fashion-mnist for a model)",
    );
  addWeightsOptions(command);
  addLoadOptions(command)
    .option(
      "--limit <n>",
      "number of test images to use, taken from the start (default: all)",
      integerFrom(1),
    )
    .option("--json", "output as JSON");
  return addBackendOptions(command).action(async (target: string, flags: EvaluateFlags) => {
    const subject = await readSubject(target, flags, terminal);
    const { architecture, file, parameters } = subject;
    const data = await loadData({ ...dataOf(subject, flags), architecture }, terminal);
    requireScores(architecture, data);
    const { train, test } = data;
    const preprocessing = await numbersOf(subject.trainedWith, train);
    const options = { maxBatch: BATCH, imageFormat: imageFormat(test, preprocessing), ...threadsOf(flags) };
    const result = await withModel(
      await chooseBackend(flags, terminal),
      architecture,
      options,
      async (model) => {
        await withFileInErrors(file, "NIN_PARAMETER", () => model.writeParameters(parameters));
        const { limit } = flags;
        return evaluateModel(model, test, {
          batchSize: BATCH,
          ...(limit === undefined ? {} : { limit }),
        });
      },
    );
    print(terminal, result, flags.json === true);
  });
}

async function readSubject(target: string, flags: EvaluateFlags, terminal: Terminal): Promise<Subject> {
  const { config, ...model } = await readTrainedModel(target, flags, terminal);
  const recipe = flags.recipe === undefined ? config?.recipe : await readRecipeArgument(flags.recipe);
  const trainedWith = recipe ?? (await preprocessingOf(model, undefined));
  return { ...model, trainedWith, ...(config && { data: config.data }) };
}

async function numbersOf(trainedWith: Recipe | Preprocessing, train: ImageSource): Promise<Preprocessing> {
  if (!("preprocessing" in trainedWith)) return trainedWith;
  const recipe = await resolveRecipe(trainedWith, splitValidation(train, trainedWith).train);
  return recipe.preprocessing;
}

/** The data that the options name, else those of the run, loaded as it loads them. */
function dataOf({ data }: Subject, flags: EvaluateFlags): Omit<DataRequest, "architecture"> {
  const given = loadingOf(flags);
  const loading = flags.data === undefined ? { ...data?.loading, ...given } : given;
  return {
    source: dataSource(flags.data ?? data?.source ?? "fashion-mnist"),
    ...(loading && { loading }),
    ...(flags.dataMemory !== undefined && { dataMemory: flags.dataMemory }),
  };
}

function print(
  terminal: Terminal,
  { count: images, loss, accuracy, correct }: EvaluationResult,
  json: boolean,
): void {
  if (json) {
    terminal.print(JSON.stringify({ images, loss, accuracy }));
    return;
  }
  terminal.print(
    `${plural(images, "image")}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)} (${count(correct)} correct)`,
  );
}
