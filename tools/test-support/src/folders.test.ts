import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inNewFolder, namesBelow, readJsonLines } from "./folders.js";

it("a new folder is empty, lists what is put into it, and is removed, also after a failure", async () => {
  let path = "";
  const use = async (folder: string): Promise<void> => {
    path = folder;
    expect(await namesBelow(folder)).toEqual([]);
    await mkdir(join(folder, "a"));
    await writeFile(join(folder, "a", "lines"), '{"step":1}\n{"step":2}\n');
    expect(await namesBelow(folder)).toEqual(["a/", "a/lines"]);
    expect(await readJsonLines(join(folder, "a", "lines"))).toEqual([{ step: 1 }, { step: 2 }]);
    throw new Error("a failure");
  };
  await expect(inNewFolder(use)).rejects.toThrow("a failure");
  expect(path).not.toBe("");
  expect(existsSync(path)).toBe(false);
});
