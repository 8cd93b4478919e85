import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { looksLikePath, readTextBoundedSync, withOpenFile, writeFileAtomic } from "./index.js";

const folders: string[] = [];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-reading-"));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

describe("readTextBoundedSync", () => {
  it("reads a regular file up to the limit", async () => {
    const path = join(folder, "in");
    for (const text of ["", "é", "x".repeat(70_000)]) {
      await writeFile(path, text);
      expect(readTextBoundedSync(path, 70_000)).toBe(text);
    }
    expect(() => readTextBoundedSync(path, 69_999)).toThrow("too large: expected at most 69999 bytes");
  });

  it("refuses a pipe, a device, a folder and what is missing, without waiting", () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const path of [join(folder, "pipe"), "/dev/zero", folder])
      expect(() => readTextBoundedSync(path, 10)).toThrow(`${path}: cannot be read: expected a regular file`);
    expect(() => readTextBoundedSync(join(folder, "none"), 10)).toThrow("there is no such file or folder");
  });
});

it("withOpenFile reads part by part, and closes", async () => {
  const path = join(folder, "in");
  await writeFile(path, "0123456789");
  const parts = await withOpenFile(path, { maxBytes: 10 }, async ({ sizeBytes, read }) => [
    sizeBytes,
    String(await read(3)),
    String(await read(0)),
    String(await read(100)),
    String(await read(1)),
  ]);
  expect(parts).toEqual([10, "012", "", "3456789", ""]);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [fromPipe] = await Promise.all([
    withOpenFile(pipe, { maxBytes: 5_000_000 }, async ({ sizeBytes, read }) => [
      sizeBytes,
      (await read(4_000_000)).length,
      String(await read(2)),
      (await read(10)).length,
    ]),
    writeFileAtomic(pipe, `${"x".repeat(4_000_000)}yz`),
  ]);
  expect(fromPipe).toEqual([undefined, 4_000_000, "yz", 0]);
});

it("distinguishes paths from the names of what is built in", () => {
  for (const path of ["./nin", "nets/nin", "C:\\nin", "nin.json", "nin?classes=3.json"]) {
    expect(looksLikePath(path), path).toBe(true);
  }
  for (const name of ["nin", "nin-mnist?mlpConvs=1", "robust", "json", ""]) {
    expect(looksLikePath(name), name).toBe(false);
  }
});
