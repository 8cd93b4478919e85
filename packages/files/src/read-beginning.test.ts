import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBeginning } from "./reading.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("readBeginning", () => {
  it("gives the first bytes and the size without reading the rest", async () => {
    const path = join(folder, "in");
    await writeFile(path, "12345");
    for (const [count, text] of [
      [0, ""],
      [3, "123"],
      [5, "12345"],
      [9, "12345"],
    ] as const) {
      expect(await readBeginning(path, count)).toEqual({ bytes: Buffer.from(text), sizeBytes: 5 });
    }
    const file = await open(path, "r+");
    await file.truncate(3 * 2 ** 40).finally(() => file.close());
    expect(await readBeginning(path, 2)).toEqual({ bytes: Buffer.from("12"), sizeBytes: 3 * 2 ** 40 });
  });

  it("reads regular files alone", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    await expect(readBeginning(pipe, 1)).rejects.toThrow("expected a file, found a pipe");
    await expect(readBeginning("/dev/zero", 1)).rejects.toThrow("expected a file, found a device");
    await expect(readBeginning(folder, 1)).rejects.toThrow("expected a file, found a folder");
    await expect(readBeginning(join(folder, "none"), 1)).rejects.toMatchObject({ code: "NIN_FILE_MISSING" });
  });
});
