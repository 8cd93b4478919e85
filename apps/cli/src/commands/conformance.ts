import { Command, Option } from "commander";
import { addBackendOptions } from "../backend-options.js";
import { type ConformanceFlags, runConformanceCommand } from "../conformance/run.js";
import { integerFrom } from "../numbers.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal.js";
import { conformanceMatrixCommand } from "./conformance-matrix.js";

export function conformanceCommand(terminal: Terminal, exit: Action): Command {
  const command = new Command("conformance")
    .description("decides whether a backend realizes and trains the same network as all others")
    .option("--filter <text>", "only cases whose id contains it: a level, a group, a case")
    .option("--quick", "the quick cases of every level: a minute")
    .addOption(
      new Option("--precision <precision>", "of the models under test, which tolerances follow")
        .choices(["f32", "mixed"])
        .default("f32"),
    )
    .option("--json", "print JSON")
    .option("--junit <file>", "also write the results as JUnit XML")
    .option("--out <file>", "also save the run, for nin conformance matrix")
    .option("--random <n>", "try N random architectures instead; shrink the first that fails", integerFrom(1))
    .option("--seed <n>", "of --random (default: 0)", integerFrom(0));
  return addBackendOptions(command)
    .action((flags: ConformanceFlags) => runConformanceCommand(flags, terminal, exit))
    .enablePositionalOptions()
    .addCommand(conformanceMatrixCommand(terminal));
}
