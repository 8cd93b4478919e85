import { writeFileAtomic } from "@nin/files";
import { Command } from "commander";
import { requireOutputs } from "../arguments/outputs.js";
import { readComparedRuns } from "../runs/compared-run.js";
import { comparisonJson, comparisonLines } from "../runs/comparison-lines.js";
import { comparisonPage } from "../runs/comparison-page.js";
import type { Terminal } from "../terminal/terminal.js";

interface CompareFlags {
  readonly output?: string;
  readonly json?: boolean;
}

export function compareCommand(terminal: Terminal): Command {
  return new Command("compare")
    .description("compare runs: the settings that differ, results, and a page with their curves")
    .argument("<runs...>", "run folders, two or more")
    .option("--output <file>", "HTML page to write: results, settings, and the curves over each other")
    .option("--json", "output as JSON")
    .action(async (folders: readonly string[], { output, json }: CompareFlags) => {
      const runs = await readComparedRuns(folders);
      await requireOutputs({ "--output": output });
      if (output !== undefined) await writeFileAtomic(output, comparisonPage(runs));
      if (json === true) terminal.print(JSON.stringify(comparisonJson(runs), undefined, 2));
      else for (const line of comparisonLines(runs, terminal.columns)) terminal.print(line);
    });
}
