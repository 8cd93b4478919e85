import { resolveRecipe } from "@nin/data";
import { type Architecture, type NamedTensors, type Recipe, requireClasses } from "@nin/spec";
import { type EvaluationResult, evaluateModel } from "@nin/training";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  threadsOf,
  withModel,
} from "../arguments/backend-options.js";
import { dataSource, imageFormat, loadData } from "../arguments/data-source.js";
import { integerFrom } from "../arguments/numbers.js";
import { readRecipeArgument } from "../arguments/recipe-argument.js";
import { readTrainedModel } from "../arguments/trained-model.js";
import { withFileInErrors } from "../errors/usage-error.js";
import { count, percent, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

interface EvaluateFlags extends BackendFlags {
  readonly weights?: string;
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
  /** The recipe whose preprocessing it was trained with. */
  readonly recipe: Recipe;
  readonly data?: string;
}

const BATCH = 128;

export function evaluateCommand(terminal: Terminal): Command {
  const command = new Command("evaluate")
    .description("compute loss and accuracy on the test images")
    .argument("<target>", "run folder, checkpoint folder, or model with --weights")
    .option("--weights <file>", "safetensors file with the weights, for a model")
    .option(
      "--recipe <name or file>",
      "recipe that defines the preprocessing (default: the run's; d2l for a model)",
    )
    .option(
      "--data <name or folder>",
      "data set: fashion-mnist, synthetic or a folder (default: the run's; fashion-mnist for a model)",
    )
    .option(
      "--limit <n>",
      "number of test images to use, taken from the start (default: all)",
      integerFrom(1),
    )
    .option("--json", "output as JSON");
  return addBackendOptions(command).action(async (target: string, flags: EvaluateFlags) => {
    const subject = await readSubject(target, flags, terminal);
    const source = dataSource(flags.data ?? subject.data ?? "fashion-mnist");
    const { train, test } = await loadData(source, terminal);
    const { architecture, file, parameters } = subject;
    const { preprocessing } = await resolveRecipe(subject.recipe, train);
    requireClasses(architecture, test.classes);
    const options = { maxBatch: BATCH, imageFormat: imageFormat(test, preprocessing), ...threadsOf(flags) };
    const result = await withModel(chooseBackend(flags), architecture, options, async (model) => {
      await withFileInErrors(file, "NIN_PARAMETER", () => model.writeParameters(parameters));
      const { limit } = flags;
      return evaluateModel(model, test, {
        batchSize: BATCH,
        ...(limit === undefined ? {} : { limit }),
      });
    });
    print(terminal, result, flags.json === true);
  });
}

async function readSubject(target: string, flags: EvaluateFlags, terminal: Terminal): Promise<Subject> {
  const { config, ...model } = await readTrainedModel(target, flags, terminal);
  const recipe =
    config === undefined || flags.recipe !== undefined
      ? await readRecipeArgument(flags.recipe ?? "d2l")
      : config.recipe;
  return { ...model, recipe, ...(config === undefined ? {} : { data: config.data.source }) };
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
