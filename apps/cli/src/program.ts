import { Command } from "commander";
import { backendsCommand } from "./commands/backends.js";
import { benchCommand } from "./commands/bench.js";
import { compareCommand } from "./commands/compare.js";
import { conformanceCommand } from "./commands/conformance.js";
import { dataCommand } from "./commands/data.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { explainCommand } from "./commands/explain.js";
import { exportCommand } from "./commands/export.js";
import { gradientsCommand } from "./commands/gradients.js";
import { initCommand } from "./commands/init.js";
import { predictCommand } from "./commands/predict.js";
import { reportCommand } from "./commands/report.js";
import { runsCommand } from "./commands/runs.js";
import { setupCommand } from "./commands/setup.js";
import { startCommand } from "./commands/start.js";
import { studyCommand } from "./commands/study.js";
import { summaryCommand } from "./commands/summary.js";
import { trainCommand } from "./commands/train.js";
import { viewCommand } from "./commands/view.js";
import { throwWrongUsage } from "./errors/wrong-usage.js";
import { playgroundCommand } from "./playground/serve-playground.js";
import { version } from "./process/versions.js";
import { requireWorkingFolder } from "./process/working-folder.js";
import type { Terminal } from "./terminal/terminal.js";

/** Sets the exit status; not called for 0. */
export type Action = (status: number) => void;

const DEBUG = ["--debug", "stack traces of errors"] as const;

const COMMANDS = [
  startCommand,
  backendsCommand,
  summaryCommand,
  initCommand,
  trainCommand,
  evaluateCommand,
  predictCommand,
  explainCommand,
  gradientsCommand,
  exportCommand,
  runsCommand,
  compareCommand,
  reportCommand,
  viewCommand,
  playgroundCommand,
  conformanceCommand,
  benchCommand,
  dataCommand,
  studyCommand,
  setupCommand,
];

/** The `nin` command; `exit` is called with an exit status other than 0. */
export function createProgram(terminal: Terminal, exit: Action): Command {
  const program = new Command("nin")
    .description("Network in Network for TypeScript: declared once as data, trained on several runtimes.")
    .version(version, "-V, --version", "version number")
    .enablePositionalOptions()
    .hook("preAction", (_program, command) => requireWorkingFolder(command));
  for (const create of COMMANDS) program.addCommand(create(terminal, exit));
  return throwWrongUsage(withDebug(program));
}

/** Adds the option to a command and its subcommands. */
function withDebug(command: Command): Command {
  for (const child of command.commands) withDebug(child);
  // Help is wrapped between words in narrow terminals too.
  command.configureHelp({ minWidthToWrap: 12 });
  return command.option(...DEBUG).helpOption("-h, --help", "help for the command");
}
