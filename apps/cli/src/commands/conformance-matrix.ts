import { Command } from "commander";
import { type MatrixFlags, runMatrixCommand } from "../conformance/matrix/run.js";
import type { Terminal } from "../terminal.js";

export function conformanceMatrixCommand(terminal: Terminal): Command {
  return new Command("matrix")
    .description("backends, devices and levels in one table, from runs saved with --out")
    .argument("<run...>", "files that nin conformance --out wrote, one a device")
    .option("--html <file>", "write a page: the table, and every case with its plan and source")
    .option("--readme <file>", "replace the table between the conformance marks of a Markdown file")
    .option("--json", "print JSON")
    .action((paths: readonly string[], flags: MatrixFlags) => runMatrixCommand(paths, flags, terminal));
}
