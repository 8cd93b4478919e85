import { Command } from "commander";
import { type MatrixFlags, runMatrixCommand } from "../conformance/matrix/run.js";
import type { Terminal } from "../terminal/terminal.js";

export function conformanceMatrixCommand(terminal: Terminal): Command {
  return new Command("matrix")
    .description("backends, devices and levels in one table, from runs saved with --out")
    .argument("<run...>", "files that nin conformance --out wrote, one for each device")
    .option("--html <file>", "page to write: the table, and every case with its plan and source")
    .option("--readme <file>", "Markdown file whose table between the conformance marks to replace")
    .option("--json", "output as JSON")
    .action((paths: readonly string[], flags: MatrixFlags) => runMatrixCommand(paths, flags, terminal));
}
