import { randomBytes } from "node:crypto";
import { shownText } from "@nin/spec";
import type { StudyJob, WorkerEvent } from "@nin/study/queue";
import { UsageError } from "../errors/usage-error.js";
import { interruptedStatus } from "../process/interrupt.js";
import { duration, percent, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { workerMachine } from "./job-data.js";
import { studyTrainer } from "./trainer.js";

export interface WorkFlags {
  readonly queue: string;
  readonly device?: string;
  readonly data?: readonly string[];
  readonly runs?: string;
  readonly name?: string;
  readonly threads?: number;
  readonly dataMemory?: number;
}

/** Longer names make tables unreadable. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** Does the jobs of a database until it is stopped; returns the exit status. */
export async function work(flags: WorkFlags, terminal: Terminal): Promise<number> {
  const { queue, device, data = [], runs, threads, dataMemory } = flags;
  // Says nothing of the machine: results are published with it.
  const { name = `worker-${randomBytes(3).toString("hex")}` } = flags;
  if (!NAME.test(name)) {
    const expected = "up to 40 letters, digits, dots, hyphens and underscores, a letter or digit first";
    throw new UsageError(`--name: expected ${expected}, got ${shownText(name)}`);
  }
  hidePassword(queue);
  const { shownDatabaseUrl, workOnQueue } = await import("@nin/study/queue");
  const train = studyTrainer({
    ...{ terminal, jobs: 1, forceUnlock: true },
    ...(threads !== undefined && { threads }),
    ...(dataMemory !== undefined && { dataMemory }),
  });
  const machine = workerMachine({
    ...{ terminal, data, train },
    ...(device !== undefined && { device }),
    ...(dataMemory !== undefined && { dataMemory }),
  });
  const { signal } = terminal;
  const noteStop = (): void =>
    terminal.note("Stopping: the current run is saved and given back to the queue");
  signal.addEventListener("abort", noteStop);
  try {
    await terminal.stoppable(() =>
      workOnQueue({
        ...{ queue, name, machine, signal },
        ...(runs !== undefined && { runs }),
        onReady: () =>
          terminal.print(`Worker ${name} waits for runs of studies at ${shownDatabaseUrl(queue)}`),
        onEvent: (event) => printEvent(event, terminal),
      }),
    );
  } finally {
    signal.removeEventListener("abort", noteStop);
  }
  return interruptedStatus(signal);
}

/**
 * Takes a password out of what other users of the machine see of this process. Where a system does not allow it, they see
 * it still: PGPASSWORD and .pgpass are better places.
 */
export function hidePassword(queue: string): void {
  if (/^\w+:\/\/[^/@]*:.*@|[?&]password=/.test(queue)) process.title = "nin study";
}

function printEvent(event: WorkerEvent, { print, note }: Terminal): void {
  const line = lineOf(event);
  if (line === undefined) return;
  if (event.kind === "begun" || event.kind === "ended" || event.kind === "given-back") print(line);
  else note(line);
}

function lineOf(event: WorkerEvent): string | undefined {
  switch (event.kind) {
    case "note":
      return event.line;
    case "queue-refused":
      return `Left to others: queue ${shownText(event.queue)}: ${event.reason}`;
    case "job-refused":
      return `Refused: job ${event.id} of queue ${shownText(event.queue)}: ${event.reason}`;
    case "begun":
      return `${runText(event.job)}: ${event.attempt === 1 ? "begins" : `attempt ${event.attempt}`}`;
    case "ended":
      return `${runText(event.job)}: ${resultText(event)}`;
    case "lost":
      return `${runText(event.job)}: taken by another worker, as this one gave no sign of life`;
    case "given-back":
      return `${runText(event.job)}: given back to the queue`;
    case "metrics":
      return undefined;
  }
}

/** `one-by-one, run 0123456789abcdef`. */
function runText({ study, run }: StudyJob): string {
  return `${shownText(study)}, run ${run}`;
}

function resultText({ result }: Extract<WorkerEvent, { kind: "ended" }>): string {
  const { error, testAccuracy, epochs, elapsedMs } = result;
  if (error !== null) return `failed: ${error.message}`;
  return [
    ...(testAccuracy === null ? [] : [`${percent(testAccuracy)} test accuracy`]),
    ...(epochs === null ? [] : [plural(epochs, "epoch")]),
    ...(elapsedMs === null ? [] : [duration(elapsedMs)]),
  ].join(", ");
}
