import { Command, Option } from "commander";
import { type CompareFlags, runCompareCommand } from "../bench/compare.js";
import { type BenchFlags, runBenchCommand } from "../bench/run.js";
import { integerFrom, positiveNumber } from "../numbers.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal.js";

export function benchCommand(terminal: Terminal, exit: Action): Command {
  return new Command("bench")
    .description("which backend is fastest on this machine, how close to its limits, and is it right")
    .option("--quick", "a small network, two minutes")
    .option("--backend <id...>", "backends, or their devices as ID:DEVICE (default: all that are usable)")
    .option("--model <model...>", "built-ins or files (default: nin and nin-mnist)")
    .option("--batch <n...>", "batch sizes", integers)
    .option("--mode <list>", "of train, forward, epoch, layers, accuracy, with commas (default: all)")
    .addOption(new Option("--precision <p...>", "f32, mixed (default: f32)").choices(["f32", "mixed"]))
    .option("--recipe <name>", "a built-in recipe, for optimizer and initial weights (default: d2l)")
    .option(
      "--data <data>",
      "fashion-mnist, synthetic or a folder, for epoch and accuracy (default: synthetic)",
    )
    .addOption(new Option("--threads <n>", "of each contestant (default: all)").argParser(integerFrom(1)))
    .addOption(
      new Option("--minutes <n>", "for the whole run (default: 13.5, quick 1.6)").argParser(positiveNumber),
    )
    .option("--python <path>", "a Python: also measure what it has of PyTorch, JAX and TensorFlow")
    .option("--tfjs <folder>", "where TensorFlow.js is installed: also measure programs written for it")
    .option("--out <dir>", "where the results go (default: runs/bench)")
    .option("--json", "print the result as JSON")
    .action((flags: BenchFlags) => runBenchCommand(flags, terminal, exit))
    .enablePositionalOptions()
    .addCommand(compareCommand(terminal, exit));
}

function compareCommand(terminal: Terminal, exit: Action): Command {
  return new Command("compare")
    .description("what changed beyond noise from one result to another; status 1 on a regression")
    .argument("<before>", "result.json of a run")
    .argument("<after>", "result.json of a later run")
    .addOption(
      new Option("--threshold <fraction>", "slower by more is a regression (default: 0.05)").argParser(
        positiveNumber,
      ),
    )
    .option("--json", "print JSON")
    .action((before: string, after: string, flags: CompareFlags) =>
      runCompareCommand(before, after, flags, terminal, exit),
    );
}

function integers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, integerFrom(1)(text)];
}
