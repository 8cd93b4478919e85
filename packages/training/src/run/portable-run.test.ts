import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { readRunFolder, runFolderFiles } from "../portable/run-folder.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { createRun, resumeRun } from "./run.js";
import { createSha256 } from "./sha256.js";

async function filesBelow(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return files;
}

it("is the run that Node has written, and gives the same files", () =>
  inNewFolder(async (folder) => {
    await trainSmallRun(await createRun(folder, smallConfig), 5);
    const written = await filesBelow(folder);
    const run = readRunFolder(written, createSha256);
    expect(run.warnings).toEqual([]);
    expect(run.config).toEqual(smallConfig);
    const files = runFolderFiles(run, createSha256);
    expect(files.size).toBe(6);
    for (const [path, bytes] of files) {
      const own = Buffer.from(written.get(path) ?? new Uint8Array());
      expect([path, own.equals(bytes)]).toEqual([path, true]);
    }
    const moved = new Map([...files].map(([path, bytes]) => [`some/run/${path}`, bytes]));
    expect(readRunFolder(moved, createSha256)).toEqual(run);
  }));

it("is continued by Node", () =>
  inNewFolder(async (folder) => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await trainSmallRun(await createRun(first, smallConfig), 5);
    for (const [path, bytes] of runFolderFiles(
      readRunFolder(await filesBelow(first), createSha256),
      createSha256,
    )) {
      await mkdir(dirname(join(second, path)), { recursive: true });
      await writeFile(join(second, path), bytes);
    }
    for (const each of [first, second]) await trainSmallRun(await resumeRun(each));
    const states = await Promise.all(
      [first, second].map((each) => readFile(join(each, "checkpoints", "7", "weights.safetensors"))),
    );
    expect(states[0]).toEqual(states[1]);
  }));

it("skips a damaged checkpoint, and says what is missing or was changed", () =>
  inNewFolder(async (folder) => {
    await trainSmallRun(await createRun(folder, smallConfig), 5);
    const written = new Map(await filesBelow(folder));
    const steps = [...written.keys()].flatMap((path) => /^checkpoints\/(\d+)\/state/.exec(path)?.[1] ?? []);
    expect(steps).toContain("5");
    const weights = Buffer.from(written.get("checkpoints/5/weights.safetensors") ?? []);
    weights[weights.length - 1] = (weights.at(-1) ?? 0) ^ 1;
    const read = (changes: Readonly<Record<string, Uint8Array | undefined>>) => {
      const files = new Map(written);
      for (const [path, bytes] of Object.entries(changes)) {
        if (bytes === undefined) files.delete(path);
        else files.set(path, bytes);
      }
      return readRunFolder(files, createSha256);
    };
    const damaged = { "checkpoints/5/weights.safetensors": weights };
    if (steps.length > 1) expect(read(damaged).warnings[0]).toMatch(/^skipped a damaged checkpoint: /);
    else expect(() => read(damaged)).toThrow("no checkpoint is whole: skipped a damaged checkpoint");
    expect(() => read({ "config.json": undefined })).toThrow("found no config.json");
    const config = Buffer.from(String(written.get("config.json") ?? "").replace('"seed"', ' "seed"'));
    expect(() => read({ "config.json": config })).toThrow("changed since the checkpoint of step 5 was saved");
  }));
