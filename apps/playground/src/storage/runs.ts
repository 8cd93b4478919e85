import { type Checkpoint, type MetricsLine, metricsUpTo } from "@nin/training";
import { database, type StoredRun } from "./database.js";
import { removeUnusedDatasets } from "./datasets.js";

/** All runs, the newest first, without their weights. */
export async function listStoredRuns(): Promise<readonly StoredRun[]> {
  const runs = await (await database()).getAll("runs");
  return runs.toSorted((one, other) => other.createdAt - one.createdAt);
}

export async function readStoredRun(id: string): Promise<StoredRun | undefined> {
  return (await database()).get("runs", id);
}

/** The metrics of a run, in order. */
export async function readStoredMetrics(id: string): Promise<readonly MetricsLine[]> {
  const parts = await (await database()).getAllFromIndex("metrics", "run", id);
  return parts.flatMap(({ lines }) => lines);
}

export async function readStoredCheckpoint(id: string): Promise<Checkpoint | undefined> {
  return (await (await database()).get("checkpoints", id))?.checkpoint;
}

/**
 * Keeps where a run stands: its settings, its state, and the lines since the last time, all of them or nothing.
 *
 * @param checkpoint - undefined before the first
 * @throws what the storage throws when it is full; what it had before is still there
 */
export async function storeRun(
  run: StoredRun,
  checkpoint: Checkpoint | undefined,
  lines: readonly MetricsLine[],
): Promise<void> {
  const transaction = (await database()).transaction(["runs", "metrics", "checkpoints"], "readwrite", {
    durability: "strict",
  });
  const [first] = lines;
  // The transaction's own error is the one that says why.
  const writes = [
    transaction.objectStore("runs").put(run),
    ...(first ? [transaction.objectStore("metrics").add({ run: run.id, from: first.step, lines })] : []),
    ...(checkpoint ? [transaction.objectStore("checkpoints").put({ run: run.id, checkpoint })] : []),
  ];
  const results = await Promise.allSettled([...writes, transaction.done]);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw transaction.error ?? failed.reason;
}

/** Leaves of a run's metrics those up to where it continues from. */
export async function cutStoredMetrics(
  id: string,
  step: number,
  epoch: number,
): Promise<readonly MetricsLine[]> {
  const kept = metricsUpTo(await readStoredMetrics(id), step, epoch);
  const transaction = (await database()).transaction("metrics", "readwrite");
  const { store } = transaction;
  for (const key of await store.index("run").getAllKeys(id)) await store.delete(key);
  const [first] = kept;
  if (first) await store.add({ run: id, from: first.step, lines: kept });
  await transaction.done;
  return kept;
}

/** Removes a run, its state, and its images where no other run uses them. */
export async function deleteStoredRun(id: string): Promise<void> {
  const transaction = (await database()).transaction(["runs", "metrics", "checkpoints"], "readwrite");
  const metrics = transaction.objectStore("metrics");
  await transaction.objectStore("runs").delete(id);
  await transaction.objectStore("checkpoints").delete(id);
  for (const key of await metrics.index("run").getAllKeys(id)) await metrics.delete(key);
  await transaction.done;
  await removeUnusedDatasets();
}
