import { realpath, stat } from "node:fs/promises";
import { Command } from "commander";
import { portNumber } from "../arguments/numbers.js";
import { UsageError } from "../errors/usage-error.js";
import { interruptedStatus } from "../process/interrupt.js";
import type { Terminal } from "../terminal/terminal.js";
import { serveView } from "../view/serve-view.js";

const DEFAULT_PORT = 8765;

export function viewCommand(terminal: Terminal, exit: (status: number) => void): Command {
  return new Command("view")
    .description("show runs in a browser while they train: a page on this machine alone, until Ctrl-C")
    .argument("[run or folder]", "run, or folder of runs", "runs")
    .option("--port <n>", "port of 127.0.0.1 to listen on; 0 for any that is free", portNumber, DEFAULT_PORT)
    .action(async (target: string, { port }: { readonly port: number }) => {
      const root = await folderOf(target);
      await terminal.stoppable(() => serveView(root, target, port, terminal));
      exit(interruptedStatus(terminal.signal));
    });
}

async function folderOf(target: string): Promise<string> {
  const info = await stat(target).catch(() => undefined);
  if (info === undefined) {
    throw new UsageError(
      `${target}: expected a run, or a folder of runs as nin train makes them, found nothing`,
    );
  }
  if (!info.isDirectory())
    throw new UsageError(`${target}: expected a run, or a folder of runs, found a file`);
  return realpath(target);
}
