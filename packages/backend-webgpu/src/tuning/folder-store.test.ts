import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { folderStore } from "./folder-store.js";
import type { TuningRecord } from "./tuned-layer.js";

const record: TuningRecord = {
  adapter: "an adapter",
  precision: "f32",
  layers: [{ layer: "2 x 8x5x4 to 12x5x4", chosen: "b", times: { a: 2, b: 1, c: null } }],
};

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nin-tuning-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it("keeps records for other processes", async () => {
  const folder = join(await newFolder(), "new");
  await folderStore(folder).save("one", record);
  expect(await folderStore(folder).load("one")).toEqual(record);
  expect(await folderStore(folder).load("two")).toBeUndefined();
  expect(await folderStore(folder).list()).toEqual([record]);
});

it.each([
  ["no JSON", "{"],
  ["another document", JSON.stringify({ ...record, layers: [{ layer: "x" }] })],
])("takes %s for no record", async (_, text) => {
  const folder = await newFolder();
  await writeFile(join(folder, "one.json"), text);
  expect(await folderStore(folder).load("one")).toBeUndefined();
  expect(await folderStore(folder).list()).toEqual([]);
});

it("remembers what it could not write", async () => {
  const folder = await newFolder();
  const file = join(folder, "file");
  await writeFile(file, "");
  const store = folderStore(join(file, "below"));
  await store.save("one", record);
  expect(await store.load("one")).toEqual(record);
  expect(await store.list()).toEqual([record]);
});
