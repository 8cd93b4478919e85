import { Command, Option } from "commander";
import { integerFrom, positiveNumber, threadCount } from "../arguments/numbers.js";
import { type CompareFlags, runCompareCommand } from "../bench/compare.js";
import { type BenchFlags, runBenchCommand } from "../bench/run.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";

export function benchCommand(terminal: Terminal, exit: Action): Command {
  return new Command("bench")
    .description("which backend is fastest on this machine, how close to its limits, and is it right")
    .option("--quick", "two minutes with a small network")
    .option(
      "--backend <id...>",
      "backends to measure, or their devices as ID:DEVICE (default: all that are usable)",
    )
    .option("--model <model...>", "built-in networks or architecture files (default: nin and nin-mnist)")
    .option("--batch <n...>", "batch sizes to measure", integers)
    .option(
      "--mode <list>",
      "what to measure, with commas: train, forward, epoch, layers, accuracy (default: all)",
    )
    .addOption(
      new Option("--precision <p...>", "precisions to measure (default: f32)").choices(["f32", "mixed"]),
    )
    .option("--recipe <name>", "built-in recipe, for its optimizer and initial weights (default: d2l)")
    .option(
      "--data <data>",
      "data set of epoch and accuracy: fashion-mnist, synthetic or a folder (default: synthetic)",
    )
    .option("--threads <n>", "number of threads for each (default: all that can run at once)", threadCount)
    .addOption(
      new Option("--minutes <n>", "minutes that the whole run may take (default: 13.5, quick 1.6)").argParser(
        positiveNumber,
      ),
    )
    .option("--python <path>", "Python interpreter whose PyTorch, JAX and TensorFlow are measured too")
    .option(
      "--tfjs <folder>",
      "folder in which TensorFlow.js is installed: programs written for it are measured too",
    )
    .option("--out <dir>", "folder of the results (default: runs/bench)")
    .option("--json", "output as JSON")
    .action((flags: BenchFlags) => runBenchCommand(flags, terminal, exit))
    .enablePositionalOptions()
    .addCommand(compareCommand(terminal, exit));
}

function compareCommand(terminal: Terminal, exit: Action): Command {
  return new Command("compare")
    .description("what changed beyond noise from one result to another; status 1 on a regression")
    .argument("<before>", "result.json of an earlier run")
    .argument("<after>", "result.json of a later run")
    .addOption(
      new Option(
        "--threshold <fraction>",
        "fraction by which a regression is slower (default: 0.05)",
      ).argParser(positiveNumber),
    )
    .option("--json", "output as JSON")
    .action((before: string, after: string, flags: CompareFlags) =>
      runCompareCommand(before, after, flags, terminal, exit),
    );
}

function integers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, integerFrom(1)(text)];
}
