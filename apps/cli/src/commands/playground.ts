import { Command } from "commander";
import { portNumber } from "../arguments/numbers.js";
import { servePlayground } from "../playground/serve-playground.js";
import { interruptedStatus } from "../process/interrupt.js";
import type { Terminal } from "../terminal/terminal.js";

const DEFAULT_PORT = 8766;

export function playgroundCommand(terminal: Terminal, exit: (status: number) => void): Command {
  return new Command("playground")
    .description(
      "serve the page in which a network learns while you watch, on this machine alone, until Ctrl-C",
    )
    .option("--port <n>", "port of 127.0.0.1 to listen on; 0 for any that is free", portNumber, DEFAULT_PORT)
    .action(async ({ port }: { readonly port: number }) => {
      await terminal.stoppable(() => servePlayground({ port }, terminal));
      exit(interruptedStatus(terminal.signal));
    });
}
