import { stat } from "node:fs/promises";
import { type Architecture, type Parameters, type Preprocessing, requireClasses } from "@nin/spec";
import { type EvaluationResult, evaluateModel } from "@nin/training";
import { loadWeightsFrom } from "@nin/training/node";
import { Command } from "commander";
import {
  addBackendOptions,
  type BackendFlags,
  chooseBackend,
  threadsOf,
  withModel,
} from "../backend-options.js";
import { dataSource, loadData } from "../data-source.js";
import { count, percent } from "../format.js";
import { imageFormat } from "../image-format.js";
import { readModelArgument } from "../model-argument.js";
import { namingFile } from "../naming-file.js";
import { integerFrom } from "../numbers.js";
import { readRecipeArgument } from "../recipe-argument.js";
import { readWeights } from "../tensor-files.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";

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
    .argument("<target>", "folder of a run or checkpoint; or a model, with --weights")
    .option("--weights <file>", "safetensors file, where the target is a model")
    .option("--recipe <name or file>", "whose preprocessing, where the target is a model (default: d2l)")
    .option("--data <name or folder>", "fashion-mnist, synthetic or a folder (default: the run's)")
    .option("--limit <n>", "the first N test images", integerFrom(1))
    .option("--json", "print JSON");
  return addBackendOptions(command).action(async (target: string, flags: EvaluateFlags) => {
    const subject = await readSubject(target, flags, terminal);
    const source = dataSource(flags.data ?? subject.data ?? "fashion-mnist");
    const { test } = await loadData(source, terminal);
    const { architecture, file, parameters, preprocessing } = subject;
    requireClasses(architecture, test.classes);
    const options = { maxBatch: BATCH, images: imageFormat(test, preprocessing), ...threadsOf(flags) };
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
  const isFolder = await stat(target).then(
    (info) => info.isDirectory(),
    () => false,
  );
  return isFolder ? readRunSubject(target, flags, terminal) : readModelSubject(target, flags);
}

async function readRunSubject(target: string, flags: EvaluateFlags, terminal: Terminal): Promise<Subject> {
  if (flags.weights !== undefined) {
    throw new UsageError(`${target} is a folder, which has its own weights: leave --weights out`);
  }
  const { file, parameters, config, warnings } = await loadWeightsFrom(target);
  for (const warning of warnings) terminal.note(`Warning: ${warning}`);
  if (config === undefined) {
    throw new UsageError(
      `${target}: expected a run, or a checkpoint inside one, which tells the architecture`,
    );
  }
  const recipe = flags.recipe === undefined ? config.recipe : await readRecipeArgument(flags.recipe);
  return {
    architecture: config.architecture,
    file,
    parameters,
    preprocessing: recipe.preprocessing,
    data: config.data.source,
  };
}

async function readModelSubject(
  target: string,
  { weights, recipe = "d2l" }: EvaluateFlags,
): Promise<Subject> {
  const architecture = await readModelArgument(target);
  if (weights === undefined) throw new UsageError(`${target} is a model: give its parameters with --weights`);
  const { preprocessing } = await readRecipeArgument(recipe);
  return { architecture, file: weights, parameters: await readWeights(weights), preprocessing };
}

function print(
  terminal: Terminal,
  { images, loss, accuracy, correct }: EvaluationResult,
  json: boolean,
): void {
  if (json) {
    terminal.print(JSON.stringify({ images, loss, accuracy }));
    return;
  }
  terminal.print(
    `${count(images)} images: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)} (${count(correct)} right)`,
  );
}
