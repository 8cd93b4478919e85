import { Command } from "commander";
import { rewriteReport } from "../report/rewrite-report.js";
import type { Terminal } from "../terminal/terminal.js";
import { shortPath } from "../training/print-outcome.js";

export function reportCommand(terminal: Terminal): Command {
  return new Command("report")
    .description("write a run's report page again, also of a run that was killed, or is being trained")
    .argument("<run>", "run folder")
    .option("--no-samples", "page without sample predictions, which need the run's data and backend")
    .action(async (folder: string, { samples }: { readonly samples: boolean }) => {
      const written = await terminal.stoppable(() => rewriteReport(folder, samples, terminal.signal));
      if (written.samplesNote !== undefined) terminal.note(`Note: ${written.samplesNote}`);
      terminal.print(`Report: ${shortPath(written.path)}`);
    });
}
