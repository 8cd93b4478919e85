import { createStore, entries, get, set } from "idb-keyval";
import { isTuningRecord, type TuningRecord, type TuningStore } from "./tuned-layer.js";

/** A page's database, where there is one. */
declare const indexedDB: object | undefined;

/** Keeps records in the browser's IndexedDB, database `nin-webgpu-tuning`; in memory where there is none. */
export function databaseStore(): TuningStore {
  const records = new Map<string, TuningRecord>();
  const store = typeof indexedDB === "undefined" ? undefined : createStore("nin-webgpu-tuning", "records");
  const kept = async <Result>(use: (database: NonNullable<typeof store>) => Promise<Result>) => {
    if (store === undefined) return undefined;
    // A page may be denied its database.
    return use(store).catch(() => undefined);
  };
  return {
    async load(name) {
      const value: unknown = records.get(name) ?? (await kept((database) => get(name, database)));
      return isTuningRecord(value) ? value : undefined;
    },
    async save(name, record) {
      records.set(name, record);
      await kept((database) => set(name, record, database));
    },
    async list() {
      const found = (await kept((database) => entries<string, unknown>(database))) ?? [];
      return [...new Map<string, unknown>([...found, ...records]).values()].filter(isTuningRecord);
    },
  };
}
