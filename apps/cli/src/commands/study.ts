import { readStudyFolder, writeStudyPage } from "@nin/study/node";
import { Command, Option } from "commander";
import { addDataMemoryOption } from "../arguments/data-source.js";
import { integerFrom, threadCount } from "../arguments/numbers.js";
import { type RunStudyFlags, runStudyFile } from "../study/run-study-file.js";
import { statusCounts, statusLines, summaryLines } from "../study/summary.js";
import { type WorkFlags, work } from "../study/work.js";
import type { Terminal } from "../terminal/terminal.js";
import { shortPath } from "../training/print-outcome.js";

export function studyCommand(terminal: Terminal, exit: (status: number) => void): Command {
  return new Command("study")
    .description("train and compare many networks, as a study file says")
    .addCommand(runCommand(terminal, exit))
    .addCommand(workerCommand(terminal, exit))
    .addCommand(statusCommand(terminal))
    .addCommand(reportCommand(terminal));
}

function runCommand(terminal: Terminal, exit: (status: number) => void): Command {
  const command = new Command("run")
    .description(
      "train what is missing of a study; continues one that was stopped or killed, and repeats nothing that is finished",
    )
    .argument("<file>", "study file: JSON of the format nin-study (see docs/studies.md)")
    .option(
      "--out <folder>",
      "folder of the study: results, page and a run folder for each run (default: runs/NAME)",
    )
    .option("--jobs <n>", "number of runs to train at once", integerFrom(1), 1)
    .option(
      "--threads <n>",
      "number of CPU threads of each run whose settings name none (default: an equal share of all available)",
      threadCount,
    );
  return addDataMemoryOption(command)
    .addOption(
      new Option(
        "--queue <address>",
        "PostgreSQL database, such as postgres://user@host/database, whose workers train the runs (see docs/many-machines.md)",
      ).conflicts(["jobs", "threads"]),
    )
    .option("--force-unlock", "removal of locks left in the folder by another machine or container")
    .option("--json", "results as JSON, as in results.json, at the end; progress on stderr")
    .action(async (file: string, flags: RunStudyFlags) => {
      exit(await runStudyFile(file, flags, terminal));
    });
}

function workerCommand(terminal: Terminal, exit: (status: number) => void): Command {
  const command = new Command("worker")
    .description(
      "train runs of studies that wait in a PostgreSQL database, one after the other, until stopped; the current run is then saved and given back",
    )
    .requiredOption("--queue <address>", "database, such as postgres://user@host/database")
    .option("--device <id>", "device to serve alone (default: all of this machine; see nin backends)")
    .option(
      "--data <path>",
      "folder or file of a data set that runs may need; may be given several times (fashion-mnist and synthetic need not be)",
      (path: string, before: readonly string[] = []) => [...before, path],
    )
    .option(
      "--runs <folder>",
      "folder for runs, shared with other workers, which then continue what this one leaves (default: a temporary one)",
    )
    .option("--name <name>", "name in the results (default: a random one)")
    .option("--threads <n>", "number of CPU threads (default: all available)", threadCount);
  return addDataMemoryOption(command).action(async (flags: WorkFlags) => {
    exit(await work(flags, terminal));
  });
}

function statusCommand(terminal: Terminal): Command {
  return new Command("status")
    .description("show how far the runs of a study are, also while it is run")
    .argument("<folder>", "folder of the study")
    .option("--json", "output as JSON, as in results.json")
    .action(async (folder: string, { json }: { readonly json?: boolean }) => {
      const { results } = await readStudyFolder(folder);
      if (json === true) return terminal.print(JSON.stringify(results, undefined, 2));
      for (const line of statusLines(results, terminal.columns)) terminal.print(line);
      terminal.print();
      for (const line of summaryLines(results, terminal.columns)) terminal.print(line);
      terminal.print();
      terminal.print(`${results.study}: ${statusCounts(results)}`);
    });
}

function reportCommand(terminal: Terminal): Command {
  return new Command("report")
    .description("write the page of a study again, also while it is run")
    .argument("<folder>", "folder of the study")
    .action(async (folder: string) => {
      terminal.print(`Report: ${shortPath(await writeStudyPage(folder))}`);
    });
}
