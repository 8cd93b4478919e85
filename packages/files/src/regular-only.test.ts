import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readFileBounded, realFileSystem, writeFileAtomic } from "./index.js";

it.runIf(process.platform !== "win32")(
  "a pipe where only a file will do is neither read nor written, nor waited for",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "nin-files-"));
    try {
      const path = join(folder, "pipe");
      execFileSync("mkfifo", [path]);
      await expect(writeFileAtomic(path, "x", { regularOnly: true })).rejects.toMatchObject({
        code: "NIN_FILE_KIND",
        problem: "cannot be written: expected a file, found a pipe or a device",
      });
      await expect(readFileBounded(path, { maxBytes: 1, regularOnly: true })).rejects.toMatchObject({
        code: "NIN_FILE_KIND",
        problem: "cannot be read: expected a file, found a pipe",
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

it("a file that cannot be replaced is not overwritten in place where only whole files will do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nin-files-"));
  try {
    const path = join(folder, "file");
    await writeFile(path, "old");
    const refusing = () =>
      Promise.reject(Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "rename" }));
    const files = { ...realFileSystem, rename: refusing };
    await expect(writeFileAtomic(path, "new", { files, regularOnly: true })).rejects.toMatchObject({
      problem: "cannot be written: permission denied",
    });
    expect(await readFile(path, "utf8")).toBe("old");
    await writeFileAtomic(path, "new", { files });
    expect(await readFile(path, "utf8")).toBe("new");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
