import { listRuns } from "@nin/training/node";
import { Command } from "commander";
import { UsageError } from "../errors/usage-error.js";
import { runTable } from "../runs/run-table.js";
import { plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

/** How many damaged runs are listed one by one. */
const SHOWN_DAMAGED = 20;

export function runsCommand(terminal: Terminal): Command {
  return new Command("runs")
    .description("list the runs below a folder: settings, status and results")
    .argument("[folder]", "folder to search, or a run", "runs")
    .option("--json", "output as JSON")
    .action(async (folder: string, { json }: { readonly json?: boolean }) => {
      const { runs, damaged } = await listRuns(folder);
      if (runs.length === 0) throw new UsageError(noRuns(folder, damaged));
      if (json === true) terminal.print(JSON.stringify(runs, undefined, 2));
      else for (const line of runTable({ runs }, folder, terminal.columns)) terminal.print(line);
      for (const { problem } of damaged.slice(0, SHOWN_DAMAGED)) terminal.note(`Warning: ${problem}`);
      const more = damaged.length - SHOWN_DAMAGED;
      if (more > 0) terminal.note(`Warning: ${plural(more, "further run")} cannot be read`);
    });
}

function noRuns(folder: string, damaged: Awaited<ReturnType<typeof listRuns>>["damaged"]): string {
  const [first] = damaged;
  if (first === undefined) return `${folder}: expected runs, as nin train makes them, found none`;
  const others = damaged.length === 1 ? "" : `; nor ${plural(damaged.length - 1, "other")}`;
  return `${folder}: none of its runs can be read: ${first.problem}${others}`;
}
