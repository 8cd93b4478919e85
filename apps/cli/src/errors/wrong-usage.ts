import type { Command, CommanderError } from "commander";
import { UsageError } from "./usage-error.js";

/** Makes a command and its subcommands throw an error of one line for wrong usage instead of printing several lines. */
export function throwWrongUsage(command: Command): Command {
  const path = pathOf(command);
  command
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : new UsageError(lineOf(error, command, path), { cause: error });
    })
    .configureOutput({ writeErr: () => {} });
  for (const child of command.commands) throwWrongUsage(child);
  return command;
}

function lineOf(error: CommanderError, command: Command, path: string): string {
  const hint = `(see ${path} --help)`;
  if (error.code === "commander.help") {
    const names = command.commands.map((child) => child.name()).join(", ");
    return `expected a command, one of ${names} ${hint}`;
  }
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return `${message} ${hint}`;
}

/** `nin data fetch`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}
