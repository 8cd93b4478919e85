import { Command, Option } from "commander";
import { addBackendOptions } from "../arguments/backend-options.js";
import { integerFrom } from "../arguments/numbers.js";
import { type MatrixFlags, runMatrixCommand } from "../conformance/matrix/run.js";
import { type ConformanceFlags, runConformanceCommand } from "../conformance/run.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal/terminal.js";

export function conformanceCommand(terminal: Terminal, exit: Action): Command {
  const command = new Command("conformance")
    .description("decides whether a backend realizes and trains the same network as all others")
    .option(
      "--filter <text>",
      "text that a case's id contains: a level, a group, a case (default: all cases)",
    )
    .option("--quick", "quick cases of every level: a minute")
    .addOption(
      new Option("--precision <precision>", "precision of the models under test, which tolerances follow")
        .choices(["f32", "mixed"])
        .default("f32"),
    )
    .option("--json", "output as JSON")
    .option("--junit <file>", "file to write the results to as JUnit XML")
    .option("--out <file>", "file to save the run in, for nin conformance matrix")
    .option(
      "--random <n>",
      "number of random architectures to try instead; the first that fails is made smaller",
      integerFrom(1),
    )
    .option("--seed <n>", "seed of --random (default: 0)", integerFrom(0));
  return addBackendOptions(command)
    .action((flags: ConformanceFlags) => runConformanceCommand(flags, terminal, exit))
    .enablePositionalOptions()
    .addCommand(matrixCommand(terminal));
}

function matrixCommand(terminal: Terminal): Command {
  return new Command("matrix")
    .description("backends, devices and levels in one table, from runs saved with --out")
    .argument("<run...>", "files that nin conformance --out wrote, one for each device")
    .option("--html <file>", "page to write: the table, and every case with its plan and source")
    .option("--readme <file>", "Markdown file whose table between the conformance marks to replace")
    .option("--json", "output as JSON")
    .action((paths: readonly string[], flags: MatrixFlags) => runMatrixCommand(paths, flags, terminal));
}
