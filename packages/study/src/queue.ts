/**
 * Studies on many machines: runs are jobs in a PostgreSQL database, which workers do and give their results back to.
 * Needs `pg-boss` and `pg`, optional peer dependencies, and Node 22.12.
 *
 * @example
 * ```ts
 * import { planStudy } from "@nin/study/node";
 * import { runStudyOnQueue, type StudyJobData } from "@nin/study/queue";
 *
 * export async function run(describeData: () => Promise<StudyJobData>): Promise<void> {
 *   const plan = await planStudy("studies/one-by-one.json");
 *   const queue = "postgres://nin@db.example/nin";
 *   await runStudyOnQueue({ plan, folder: "runs/one-by-one", queue, describeData });
 * }
 * ```
 *
 * @packageDocumentation
 */
export { shownDatabaseUrl } from "./queue/connection.js";
export { QueueError } from "./queue/errors.js";
export {
  parseQueueKind,
  parseStudyJob,
  type QueueKind,
  type StudyJob,
  type StudyJobData,
  type StudyJobSplit,
} from "./queue/job.js";
export type { RunOutcome } from "./queue/outcome.js";
export { type RunOnQueueOptions, runStudyOnQueue } from "./queue/run-on-queue.js";
export { type WorkerEvent, type WorkerMachine, type WorkOptions, workOnQueue } from "./queue/worker.js";
