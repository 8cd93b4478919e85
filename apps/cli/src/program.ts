import { Command } from "commander";
import { throwWrongUsage } from "./errors/wrong-usage.js";
import { version } from "./process/versions.js";
import { requireWorkingFolder } from "./process/working-folder.js";
import type { Terminal } from "./terminal/terminal.js";

/** Sets the exit status; not called for 0. */
export type Action = (status: number) => void;

type CommandFactory = (terminal: Terminal, exit: Action) => Command;

const DEBUG = ["--debug", "stack traces of errors"] as const;

/** How each command is loaded, in the order of the help: a call loads its own, and not what the others need. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandFactory>>> = {
  start: async () => (await import("./commands/start.js")).startCommand,
  backends: async () => (await import("./commands/backends.js")).backendsCommand,
  summary: async () => (await import("./commands/summary.js")).summaryCommand,
  init: async () => (await import("./commands/init.js")).initCommand,
  train: async () => (await import("./commands/train.js")).trainCommand,
  evaluate: async () => (await import("./commands/evaluate.js")).evaluateCommand,
  predict: async () => (await import("./commands/predict.js")).predictCommand,
  explain: async () => (await import("./commands/explain.js")).explainCommand,
  gradients: async () => (await import("./commands/gradients.js")).gradientsCommand,
  export: async () => (await import("./commands/export.js")).exportCommand,
  runs: async () => (await import("./commands/runs.js")).runsCommand,
  compare: async () => (await import("./commands/compare.js")).compareCommand,
  report: async () => (await import("./commands/report.js")).reportCommand,
  view: async () => (await import("./commands/view.js")).viewCommand,
  playground: async () => (await import("./playground/serve-playground.js")).playgroundCommand,
  conformance: async () => (await import("./commands/conformance.js")).conformanceCommand,
  bench: async () => (await import("./commands/bench.js")).benchCommand,
  data: async () => (await import("./commands/data.js")).dataCommand,
  study: async () => (await import("./commands/study.js")).studyCommand,
  setup: async () => (await import("./commands/setup.js")).setupCommand,
};

/**
 * The `nin` command as these arguments need it: with the command that they name, or with all. `exit` is called with an exit
 * status other than 0.
 */
export async function createProgram(
  args: readonly string[],
  terminal: Terminal,
  exit: Action,
): Promise<Command> {
  const program = new Command("nin")
    .description("Network in Network for TypeScript: declared once as data, trained on several runtimes.")
    .version(version, "-V, --version", "version number")
    .enablePositionalOptions()
    .hook("preAction", (_program, command) => requireWorkingFolder(command));
  for (const create of await loadCommands(args)) program.addCommand(create(terminal, exit));
  return throwWrongUsage(withDebug(program));
}

async function loadCommands(args: readonly string[]): Promise<readonly CommandFactory[]> {
  const name = args.find((argument) => !argument.startsWith("-"));
  const named = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const needed = named === undefined ? Object.values(COMMANDS) : [named];
  return Promise.all(needed.map((load) => load()));
}

/** Adds the option to a command and its subcommands. */
function withDebug(command: Command): Command {
  for (const child of command.commands) withDebug(child);
  // Help is wrapped between words in narrow terminals too.
  command.configureHelp({ minWidthToWrap: 12 });
  return command.option(...DEBUG).helpOption("-h, --help", "help for the command");
}
