import { Command, Option } from "commander";
import { addBackendOptions } from "../arguments/backend-options.js";
import { integerFrom } from "../arguments/numbers.js";
import { type MatrixFlags, runMatrixCommand } from "../conformance/matrix/run.js";
import { type ConformanceFlags, runConformanceCommand } from "../conformance/run.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";

export function conformanceCommand(terminal: Terminal, exit: Action): Command {
  const command = new Command("conformance")
    .description("check that a backend computes and trains the same network as the others")
    .option("--filter <text>", "part of the ids of the cases to run: a level, a group, a case (default: all)")
    .option("--quick", "quick cases only, about a minute")
    .addOption(
      new Option(
        "--precision <precision>",
        "f32, or mixed, which multiplies 16-bit numbers in convolutions; sets the tolerances",
      )
        .choices(["f32", "mixed"])
        .default("f32"),
    )
    .addOption(
      new Option(
        "--convolution <arithmetic>",
        "exact, or fast, which rounds about ten times as coarsely; sets the tolerances",
      )
        .choices(["exact", "fast"])
        .default("exact"),
    )
    .option("--json", "output as JSON")
    .option("--junit <file>", "JUnit XML file to write")
    .option("--out <file>", "JSON file to save the run to, for nin conformance matrix")
    .option("--random <n>", "number of random architectures to test instead of the cases", integerFrom(1))
    .option("--seed <n>", "seed for --random (default: 0)", integerFrom(0));
  return addBackendOptions(command)
    .action((flags: ConformanceFlags) => runConformanceCommand(flags, terminal, exit))
    .enablePositionalOptions()
    .addCommand(matrixCommand(terminal));
}

function matrixCommand(terminal: Terminal): Command {
  return new Command("matrix")
    .description("combine runs saved with --out into one table of backends, devices and levels")
    .argument("<run...>", "files written by nin conformance --out, one per device")
    .option("--html <file>", "HTML page to write: the table, and every case with its plan and source")
    .option("--readme <file>", "Markdown file whose conformance table to replace (between its marks)")
    .option("--json", "output as JSON")
    .action((paths: readonly string[], flags: MatrixFlags) => runMatrixCommand(paths, flags, terminal));
}
