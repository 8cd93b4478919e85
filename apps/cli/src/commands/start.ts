import { DataError } from "@nin/data";
import type { LoadedDataset } from "@nin/data/node";
import { listBackends } from "@nin/registry";
import { builtinArchitecture } from "@nin/spec";
import { Command } from "commander";
import { type BackendChoice, chooseBackend } from "../arguments/backend-options.js";
import { dataSource, loadData } from "../arguments/data-source.js";
import { integerFrom } from "../arguments/numbers.js";
import { readTrainingRecipe } from "../arguments/recipe-argument.js";
import { invocation, shellWord } from "../process/invocation.js";
import type { Terminal } from "../terminal/terminal.js";
import { printOutcome, shortPath } from "../training/print-outcome.js";
import { newRunFolder, requireUsableRunFolder } from "../training/run-folder.js";
import { startTraining } from "../training/training.js";
import { backendLines } from "./backends.js";
import { realizedSummary } from "./realized-summary.js";
import { summaryLines } from "./summary.js";

const MODEL = "nin-mnist";
const RECIPE = "robust";
const DATA = "fashion-mnist";
/** The least width of a terminal in which tables are indented. Units: columns. */
const WIDE = 100;

interface StartFlags {
  readonly maxSteps?: number;
  readonly limit?: number;
  readonly seed?: number;
  readonly out?: string;
}

export function startCommand(terminal: Terminal, exit: (status: number) => void): Command {
  return new Command("start")
    .description("take the tour: list backends, show the network, train it on Fashion-MNIST")
    .option("--max-steps <n>", "number of steps to train for (default: whole epochs)", integerFrom(1))
    .option(
      "--limit <n>",
      "number of training images to use, taken from the start (default: all)",
      integerFrom(1),
    )
    .option("--seed <n>", "seed of the random numbers (overrides the recipe)", integerFrom(0))
    .option("--out <folder>", "run folder to create (default: a new one under runs/)")
    .action(async (flags: StartFlags) => {
      const folder = flags.out ?? newRunFolder(MODEL, RECIPE);
      await requireUsableRunFolder(folder);
      await showBackends(terminal);
      const choice = await chooseBackend({}, terminal);
      await showTutorialNetwork(choice, terminal);
      exit(await terminal.stoppable(() => train(folder, choice, flags, terminal)));
    });
}

async function showBackends(terminal: Terminal): Promise<void> {
  terminal.print("Backends on this machine");
  terminal.print();
  for (const line of backendLines(await listBackends(), terminal.paint)) terminal.print(`  ${line}`);
  terminal.print();
}

async function showTutorialNetwork(choice: BackendChoice, terminal: Terminal): Promise<void> {
  const architecture = builtinArchitecture("nin");
  terminal.print(`The tutorial's network, 1x224x224, as built by ${choice.backend} on ${choice.device}`);
  terminal.print();
  const summary = await realizedSummary(architecture, choice, { expand: false });
  // In 80 columns the table has no room for an indent.
  const indent = (terminal.columns ?? WIDE) >= WIDE ? "  " : "";
  for (const line of summaryLines(summary, terminal.columns)) {
    terminal.print(line === "" ? "" : `${indent}${line}`);
  }
  terminal.print();
}

async function train(
  folder: string,
  choice: BackendChoice,
  flags: StartFlags,
  terminal: Terminal,
): Promise<number> {
  const { source, data } = await findData(terminal, flags.limit);
  const { maxSteps = null, limit = null, seed } = flags;
  const recipe = await readTrainingRecipe(RECIPE, seed === undefined ? {} : { seed });
  const outcome = await startTraining(
    {
      architecture: builtinArchitecture(MODEL),
      model: MODEL,
      recipe,
      source,
      limit,
      choice,
      precision: "f32",
      threads: null,
      maxSteps,
      logEvery: 10,
      checkpointEvery: 200,
      evalLimit: null,
      folder,
    },
    terminal,
    data,
  );
  terminal.print();
  const status = printOutcome(outcome, terminal);
  if (status === 0) printNextSteps(terminal, outcome.folder, source);
  return status;
}

/** Fashion-MNIST, or a synthetic data set where it is not available: this command works anywhere. */
async function findData(
  terminal: Terminal,
  limit: number | undefined,
): Promise<{ readonly source: string; readonly data: LoadedDataset }> {
  const request = { architecture: builtinArchitecture(MODEL), ...(limit === undefined ? {} : { limit }) };
  try {
    return { source: DATA, data: await loadData({ ...request, source: dataSource(DATA) }, terminal) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    terminal.print(`Fashion-MNIST is not available here: ${error.message}`);
    terminal.print("Training on a synthetic data set instead: ten classes of shapes, a much easier task.");
    terminal.print();
    return { source: "synthetic", data: await loadData({ ...request, source: "synthetic" }, terminal) };
  }
}

function printNextSteps(terminal: Terminal, folder: string, source: string): void {
  const nin = invocation();
  const run = shellWord(shortPath(folder));
  // What is not available now is not available later either.
  const data = source === DATA ? "" : ` --data ${source}`;
  terminal.print();
  terminal.print("Next steps:");
  terminal.print("  open the report in a browser: curves, confusion matrix, sample predictions");
  terminal.print(`  ${nin} evaluate ${run}`);
  terminal.print(`  ${nin} export ${run} --format onnx --output nin-mnist.onnx`);
  terminal.print(`  ${nin} train nin --recipe d2l --max-steps 20${data}`);
  terminal.print("    train the tutorial's network, on images of 224x224");
  terminal.print(`  ${nin} summary 'nin?mlpConvs=3' --expand`);
  terminal.print("    show a network with deeper blocks, an exercise of the tutorial");
  terminal.print(`  ${nin} --help`);
}
