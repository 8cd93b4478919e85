import { existsSync } from "node:fs";
import { join } from "node:path";
import { availableParallelism } from "@nin/files";
import type { PlannedRun, StudyRunContext, StudyTrainer } from "@nin/study/node";
import type { TrainingEvent } from "@nin/training";
import type { Terminal } from "../terminal/terminal.js";
import { retryLost } from "../training/retry-lost.js";
import {
  resumeTraining,
  startTraining,
  type TrainingOutput,
  type TrainingRequest,
} from "../training/training.js";
import { SharedData } from "./shared-data.js";

export interface StudyTrainerOptions {
  /** Where notes on data and warnings that are no run's own go. */
  readonly terminal: Terminal;
  /** How many runs are trained at once. */
  readonly jobs: number;
  /** Of runs whose settings have none; by default their share of the processors, or the backend's choice where one runs alone. */
  readonly threads?: number;
  /** Units: bytes. */
  readonly dataMemory?: number;
  /** Whether to take the folders' locks whoever holds them. */
  readonly forceUnlock?: boolean;
  readonly onTraining?: (run: PlannedRun, event: TrainingEvent) => void;
}

/** How often a run of a study logs and saves: as `nin train` does by itself. Units: steps. */
const LOG_EVERY = 10;
const CHECKPOINT_EVERY = 200;

/** Trains the runs of a study as `nin train` does, without its display. */
export function studyTrainer(options: StudyTrainerOptions): StudyTrainer {
  const { terminal, dataMemory, forceUnlock = false } = options;
  const shared = new SharedData(terminal, dataMemory);
  return (run, context) => {
    const { data: source, limit, architecture } = run;
    return shared.use({ source, limit, architecture }, async (data) => {
      const { folder } = context;
      const output = runOutput(run, context, options);
      // A run that was killed before its first checkpoint is begun anew by `resumeTraining`; before it had a config, by `startTraining`.
      const train = () =>
        existsSync(join(folder, "config.json"))
          ? resumeTraining(folder, { forceUnlock }, output, data)
          : startTraining(requestOf(run, folder, options), output, data);
      const { result } = await retryLost(train, train, terminal);
      return { interrupted: result.interrupted };
    });
  };
}

function requestOf(run: PlannedRun, folder: string, options: StudyTrainerOptions): TrainingRequest {
  const { architecture, recipe, isSized, epochs, data: source, limit } = run;
  const { backend, device, precision, convolution } = run;
  return {
    ...{ architecture, source, limit, precision, folder },
    ...(convolution && { convolution }),
    model: run.settings.model as string,
    recipe: { recipe, isSized, ...(epochs !== undefined && { epochs }) },
    choice: { backend, ...(device !== null && { device }) },
    threads: run.threads ?? options.threads ?? threadShare(options.jobs),
    maxSteps: null,
    logEvery: LOG_EVERY,
    checkpointEvery: CHECKPOINT_EVERY,
    evalLimit: null,
    forceUnlock: options.forceUnlock === true,
  };
}

/** Null, for all, where a run has the machine for itself. */
function threadShare(jobs: number): number | null {
  return jobs === 1 ? null : Math.max(1, Math.floor(availableParallelism() / jobs));
}

function runOutput(
  run: PlannedRun,
  { signal, onMetrics }: StudyRunContext,
  { terminal, onTraining = () => {} }: StudyTrainerOptions,
): TrainingOutput {
  return {
    print: () => {},
    note: (line) => terminal.note(line),
    isInteractive: false,
    signal,
    stoppable: (work) => work(),
    onTraining: (event) => {
      onTraining(run, event);
      if (event.kind === "step" || event.kind === "epoch" || event.kind === "warning") onMetrics(event);
    },
  };
}
