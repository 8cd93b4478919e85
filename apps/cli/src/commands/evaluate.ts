import { type Architecture, type Parameters, type Preprocessing, requireClasses } from "@nin/spec";
import { type EvaluationResult, evaluateModel } from "@nin/training";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  threadsOf,
  withModel,
} from "../backend-options.js";
import { dataSource, loadData } from "../data-source.js";
import { count, percent, plural } from "../format.js";
import { imageFormat } from "../image-format.js";
import { namingFile } from "../naming-file.js";
import { integerFrom } from "../numbers.js";
import { readRecipeArgument } from "../recipe-argument.js";
import type { Terminal } from "../terminal.js";
import { readTrainedModel } from "../trained-model.js";

interface EvaluateFlags extends BackendFlags {
  readonly weights?: string;
  readonly recipe?: string;
  readonly data?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** What is evaluated, and on which data by default. */
interface Subject {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  /** Where they were read. */
  readonly file: string;
  readonly preprocessing: Preprocessing;
  readonly data?: string;
}

const BATCH = 128;

export function evaluateCommand(terminal: Terminal): Command {
  const command = new Command("evaluate")
    .description("loss and accuracy on the test images")
    .argument("<target>", "folder of a run or checkpoint, or a model with --weights")
    .option("--weights <file>", "safetensors file of the parameters, for a model")
    .option(
      "--recipe <name or file>",
      "recipe whose preprocessing to use (default: the run's, d2l for a model)",
    )
    .option("--data <name or folder>", "data set: fashion-mnist, synthetic or a folder (default: the run's)")
    .option("--limit <n>", "number of test images to use, the first ones (default: all)", integerFrom(1))
    .option("--json", "output as JSON");
  return addBackendOptions(command).action(async (target: string, flags: EvaluateFlags) => {
    const subject = await readSubject(target, flags, terminal);
    const source = dataSource(flags.data ?? subject.data ?? "fashion-mnist");
    const { test } = await loadData(source, terminal);
    const { architecture, file, parameters, preprocessing } = subject;
    requireClasses(architecture, test.classes);
    const options = { maxBatch: BATCH, imageFormat: imageFormat(test, preprocessing), ...threadsOf(flags) };
    const result = await withModel(chooseBackend(flags), architecture, options, async (model) => {
      await namingFile(file, "NIN_PARAMETER", () => model.writeParameters(parameters));
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
  const { config, ...model } = await readTrainedModel(target, flags.weights, terminal);
  const recipe =
    config === undefined || flags.recipe !== undefined
      ? await readRecipeArgument(flags.recipe ?? "d2l")
      : config.recipe;
  const { preprocessing } = recipe;
  return { ...model, preprocessing, ...(config === undefined ? {} : { data: config.data.source }) };
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
    `${plural(images, "image")}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)} (${count(correct)} right)`,
  );
}
