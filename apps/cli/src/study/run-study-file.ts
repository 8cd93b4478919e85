import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkFolderWritable } from "@nin/files";
import { loadBackend } from "@nin/registry";
import { shownText } from "@nin/spec";
import { type StudyResults, settingsText, variedSettings } from "@nin/study";
import { type PlannedRun, planStudy, runStudy, type StudyEvent, type StudyPlan } from "@nin/study/node";
import type { StudyJobData } from "@nin/study/queue";
import { EXIT } from "../errors/exit-status.js";
import { UsageError } from "../errors/usage-error.js";
import { interruptedStatus } from "../process/interrupt.js";
import { invocation, shellWord } from "../process/invocation.js";
import type { Terminal } from "../terminal/terminal.js";
import { shortPath } from "../training/print-outcome.js";
import { createStudyDisplay } from "./display.js";
import { JobData } from "./job-data.js";
import { PageWriter } from "./page-writer.js";
import { StudyProgress } from "./progress.js";
import { statusCounts, summaryLines } from "./summary.js";
import { studyTrainer } from "./trainer.js";
import { hidePassword } from "./work.js";

export interface RunStudyFlags {
  readonly out?: string;
  readonly jobs: number;
  readonly threads?: number;
  readonly dataMemory?: number;
  /** The address of a database whose workers train the runs. */
  readonly queue?: string;
  readonly forceUnlock?: boolean;
  readonly json?: boolean;
}

/** Runs the study that a file declares, shows its progress, and prints what it found; returns the exit status. */
export async function runStudyFile(file: string, flags: RunStudyFlags, terminal: Terminal): Promise<number> {
  if (flags.queue !== undefined) hidePassword(flags.queue);
  const plan = await planStudy(file);
  await requireUsable(plan);
  if (flags.out !== undefined) await checkFolderWritable(flags.out);
  const folder = flags.out ?? join("runs", folderName(plan.study.name));
  const say = flags.json === true ? terminal.note : terminal.print;
  const page = new PageWriter(folder);
  const results = await terminal.stoppable(() => train(plan, folder, flags, { ...terminal, say, page }));
  const report = await page.finish();
  if (flags.json === true) terminal.print(JSON.stringify(results, undefined, 2));
  else for (const line of ["", ...summaryLines(results, terminal.columns)]) terminal.print(line);
  return printEnd(results, { file, report, flags }, { ...terminal, say });
}

interface StudyTerminal extends Terminal {
  /** Prints what is for a person. */
  readonly say: (line: string) => void;
}

async function train(
  plan: StudyPlan,
  folder: string,
  { jobs, threads, dataMemory, queue, forceUnlock = false }: RunStudyFlags,
  terminal: StudyTerminal & { readonly page: PageWriter },
): Promise<StudyResults> {
  const { signal } = terminal;
  const display = createStudyDisplay(new StudyProgress(plan), jobs, terminal);
  const noteStop = (): void =>
    display.note(
      queue === undefined
        ? "Stopping: finishing the current steps and saving checkpoints"
        : "Stopping: workers go on with what is on the queue",
    );
  signal.addEventListener("abort", noteStop);
  try {
    const onEvent = (event: StudyEvent): void => {
      display.on(event);
      if (event.kind === "ended") terminal.page.update();
    };
    const own: Terminal = { ...terminal, note: (line) => display.note(line) };
    const memory = dataMemory === undefined ? {} : { dataMemory };
    if (queue !== undefined) {
      const { runStudyOnQueue } = await import("@nin/study/queue");
      const data = new JobData(own, dataMemory);
      const describeData = (run: PlannedRun): Promise<StudyJobData> => data.of(run);
      const onNote = (line: string): void => display.note(line);
      const options = { plan, folder, queue, describeData, signal, forceUnlock, onEvent, onNote };
      return await runStudyOnQueue(options);
    }
    const trainer = studyTrainer({
      ...{ terminal: own, jobs, forceUnlock },
      ...(threads !== undefined && { threads }),
      ...memory,
      onTraining: (run, event) => display.onTraining(run, event),
    });
    return await runStudy({ plan, folder, train: trainer, jobs, signal, forceUnlock, onEvent });
  } finally {
    signal.removeEventListener("abort", noteStop);
    display.close();
  }
}

/** Says how the study ended and what can be done next; returns the exit status. */
function printEnd(
  results: StudyResults,
  { file, report, flags }: { readonly file: string; readonly report: string; readonly flags: RunStudyFlags },
  terminal: StudyTerminal,
): number {
  const { say, signal } = terminal;
  say("");
  say(`${shownText(results.study)}: ${statusCounts(results)}`);
  const { out, queue } = flags;
  const place = out === undefined ? "" : ` --out ${shellWord(out)}`;
  const again = `${invocation()} study run ${shellWord(file)}${place}${queue === undefined ? "" : " --queue ADDRESS"}`;
  const failed = results.runs.filter(({ status }) => status === "failed");
  const varied = variedSettings(results);
  for (const { id, settings, error } of failed) {
    const why = error === null ? "for no known reason" : error.message;
    terminal.note(`Failed: ${id} (${settingsText(settings, varied)}): ${why}`);
  }
  say(`Results: ${shortPath(join(dirname(report), "results.json"))}`);
  say(`Report:  ${shortPath(report)}`);
  if (results.runs.some(({ status }) => status === "interrupted" || status === "waiting")) {
    say("What is finished is kept. To continue:");
    say(`  ${again}`);
    return signal.aborted ? interruptedStatus(signal) : EXIT.failed;
  }
  if (signal.aborted) return interruptedStatus(signal);
  return failed.length > 0 ? EXIT.failed : EXIT.done;
}

/** Refuses at once what would make runs fail one after the other: backends and data sets that are not there. */
async function requireUsable({ runs }: StudyPlan): Promise<void> {
  for (const backend of new Set(runs.map((run) => run.backend))) await loadBackend(backend);
  for (const data of new Set(runs.map((run) => run.data))) {
    if (data === "fashion-mnist" || data === "synthetic") continue;
    await access(data).catch((error: unknown) => {
      const expected = "expected fashion-mnist, synthetic, or a folder or file of images";
      throw new UsageError(`data ${shownText(data, 4096)}: ${expected}, found nothing there`, {
        cause: error,
      });
    });
  }
}

/** A folder for a study under `runs/`, by its name. */
function folderName(study: string): string {
  const name = study
    .replace(/[^A-Za-z0-9._=-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 100);
  if (name !== "") return name;
  throw new UsageError(
    `study ${shownText(study)}: its name cannot be that of a folder; choose one with --out`,
  );
}
