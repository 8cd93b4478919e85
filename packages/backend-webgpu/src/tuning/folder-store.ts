import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readJsonFile, userCacheFolder, writeFolderAtomic } from "@nin/files";
import { isTuningRecord, type TuningRecord, type TuningStore } from "./tuned-layer.js";

/** Keeps records as JSON files in a folder: by default `nin/webgpu-tuning` in the user's cache. */
export function folderStore(folder = join(userCacheFolder(), "webgpu-tuning")): TuningStore {
  // Where nothing can be written, a process still searches only once.
  const records = new Map<string, TuningRecord>();
  const load = async (name: string) => records.get(name) ?? (await readRecord(join(folder, `${name}.json`)));
  return {
    load,
    async save(name, record) {
      records.set(name, record);
      try {
        const text = `${JSON.stringify(record, undefined, 2)}\n`;
        await writeFolderAtomic(folder, new Map([[`${name}.json`, text]]));
      } catch {
        // The next process searches again.
      }
    },
    async list() {
      const files = await readdir(folder).catch(() => []);
      const names = new Set([
        ...records.keys(),
        ...files.filter(isRecordFile).map((file) => file.slice(0, -5)),
      ]);
      const found = await Promise.all([...names].toSorted().map(load));
      return found.filter((record) => record !== undefined);
    },
  };
}

function isRecordFile(name: string): boolean {
  return name.endsWith(".json");
}

async function readRecord(path: string): Promise<TuningRecord | undefined> {
  try {
    const value = await readJsonFile(path, { regularOnly: true });
    return isTuningRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
