import { Command, Option } from "commander";
import { integerFrom, positiveNumber, threadCount } from "../arguments/numbers.js";
import type { BenchFlags } from "../bench/options.js";
import { type CompareFlags, runBenchCommand, runCompareCommand } from "../bench/run.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";

/** `nin bench` and `nin bench compare`. */
export function benchCommand(terminal: Terminal, exit: Action): Command {
  return new Command("bench")
    .description("measure how fast each backend is on this machine, after checking that it is right")
    .option("--quick", "a run of two minutes on a small network")
    .option("--backend <id...>", "backends, or devices as ID:DEVICE (default: every usable device)")
    .option("--model <model...>", "built-in networks or architecture files (default: nin, nin-mnist)")
    .option("--batch <n...>", "batch sizes", integers)
    .option(
      "--mode <list>",
      "what to measure, separated by commas: train, forward, epoch, layers, accuracy, memory (default: all but memory)",
    )
    .addOption(
      new Option(
        "--precision <p...>",
        "precisions: f32, or mixed, with products of 16-bit numbers (default: f32)",
      ).choices(["f32", "mixed"]),
    )
    .option("--tf32", "TF32 variants of onnxruntime and PyTorch as well, on NVIDIA GPUs")
    .option("--fast", "variants with fast convolutions as well, of the backends that have them")
    .option(
      "--resident [HxW]",
      "images kept in the training session as bytes; with a size, every step resizes them from it",
    )
    .option("--recipe <name>", "built-in recipe of the optimizer and the initial weights (default: d2l)")
    .option(
      "--data <data>",
      "data set for epoch and accuracy: fashion-mnist, synthetic or a folder (default: synthetic)",
    )
    .option("--threads <n>", "threads of each implementation (default: all of the machine's)", threadCount)
    .addOption(
      new Option(
        "--minutes <n>",
        "time limit of the whole run (default: 13.5, or 1.6 with --quick)",
      ).argParser(positiveNumber),
    )
    .option("--rounds <n>", "exact number of rounds (default: as many as the time allows)", integerFrom(1))
    .addOption(
      new Option("--slice <seconds>", "length of a slice (default: 2, or 0.5 with --quick)").argParser(
        positiveNumber,
      ),
    )
    .option(
      "--python <path>",
      "Python interpreter in which PyTorch, JAX or Keras are installed, as baselines",
    )
    .option("--tfjs <folder>", "folder in which TensorFlow.js is installed, as a baseline")
    .option("--baseline <id...>", "baselines to measure (default: every one that is installed)")
    .option(
      "--browser [id...]",
      "implementations in a headless Chrome, Chromium or Edge, in addition to those in Node (default of the ids: all)",
    )
    .option(
      "--browser-path <file>",
      "program of the browser (default: an installed one, else npm's Chromium)",
    )
    .option("--browser-only", "implementations in a browser alone, none in Node")
    .option("--checkout <folder>", "another built checkout of this repository to compare each backend with")
    .addOption(
      new Option(
        "--threshold <fraction>",
        "fraction by which being slower than the other checkout is a failure (default: 0.02)",
      ).argParser(positiveNumber),
    )
    .option("--require-quiet", "an error if other programs are using the machine")
    .option("--out <dir>", "folder for the results (default: runs/bench)")
    .option("--json", "JSON output")
    .action((flags: BenchFlags) => runBenchCommand(flags, terminal, exit))
    .enablePositionalOptions()
    .addCommand(compareCommand(terminal, exit));
}

function compareCommand(terminal: Terminal, exit: Action): Command {
  return new Command("compare")
    .description("show what changed beyond noise between two results; status 1 on a regression")
    .argument("<before>", "result.json of the earlier run")
    .argument("<after>", "result.json of the later run")
    .addOption(
      new Option(
        "--threshold <fraction>",
        "fraction by which a regression is slower (default: 0.05)",
      ).argParser(positiveNumber),
    )
    .option("--json", "JSON output")
    .action((before: string, after: string, flags: CompareFlags) =>
      runCompareCommand(before, after, flags, terminal, exit),
    );
}

function integers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, integerFrom(1)(text)];
}
