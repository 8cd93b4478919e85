import type { DatasetPair } from "@nin/data";
import type { Checkpoint, MetricsLine, RunConfig } from "@nin/training";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { DataRequest, Probe } from "../contract/protocol.js";

/** A run that is kept in the page's storage. */
export interface StoredRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly config: RunConfig;
  /** How its data are loaded again. */
  readonly data: DataRequest;
  readonly status: "paused" | "finished" | "failed";
  /** Steps done at its checkpoint. */
  readonly step: number;
  readonly lastStep: number;
  /** The newest test accuracy; null before the first. */
  readonly testAccuracy: number | null;
  readonly loss: number | null;
  /** Between the evaluations on all test images. */
  readonly probes: readonly Probe[];
}

export interface StoredMetrics {
  readonly run: string;
  /** The step of the first line. */
  readonly from: number;
  readonly lines: readonly MetricsLine[];
}

export interface StoredCheckpoint {
  readonly run: string;
  readonly checkpoint: Checkpoint;
}

export interface StoredDataset {
  readonly key: string;
  readonly name: string;
  readonly pair: DatasetPair;
}

interface Schema extends DBSchema {
  runs: { key: string; value: StoredRun };
  metrics: { key: number; value: StoredMetrics; indexes: { run: string } };
  checkpoints: { key: string; value: StoredCheckpoint };
  datasets: { key: string; value: StoredDataset };
}

export type Database = IDBPDatabase<Schema>;

const NAME = "nin-playground";

let opened: Promise<Database> | undefined;

/** The page's own storage, which its worker shares. */
export function database(): Promise<Database> {
  opened ??= openDB<Schema>(NAME, 1, {
    upgrade(created) {
      created.createObjectStore("runs", { keyPath: "id" });
      created.createObjectStore("metrics", { autoIncrement: true }).createIndex("run", "run");
      created.createObjectStore("checkpoints", { keyPath: "run" });
      created.createObjectStore("datasets", { keyPath: "key" });
    },
    terminated() {
      opened = undefined;
    },
  });
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

/** Whether an error says that the storage is full, as browsers differ in saying it. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && /quota/i.test(`${error.name} ${error.message}`);
}
