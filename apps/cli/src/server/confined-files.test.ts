import { constants } from "node:fs";
import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readFileBounded } from "@nin/files";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { confinedFileSystem } from "./confined-files.js";

describe("a file system of one folder", () => {
  it("reads below it, and nothing elsewhere or over symbolic links", () =>
    inNewFolder(async (folder) => {
      const base = await realpath(folder);
      const root = join(base, "root");
      await mkdir(join(root, "inside"), { recursive: true });
      await mkdir(join(base, "root-2"));
      await writeFile(join(root, "inside", "a"), "text");
      await writeFile(join(base, "root-2", "secret"), "secret");
      await symlink(join(base, "root-2"), join(root, "link"));
      await symlink(join(base, "root-2", "secret"), join(root, "inside", "b"));
      const files = confinedFileSystem(root);
      const read = (path: string): Promise<Buffer> => readFileBounded(path, { files, maxBytes: 10 });
      expect((await read(join(root, "inside", "a"))).toString()).toBe("text");
      expect(await files.readdir(root)).toEqual(["inside", "link"]);
      const elsewhere = "it is not below the folder served";
      const links = "symbolic links are not followed";
      for (const [path, problem] of [
        [join(base, "root-2", "secret"), elsewhere],
        [`${root}/inside/../../root-2/secret`, elsewhere],
        [base, elsewhere],
        [join(root, "link", "secret"), links],
        [join(root, "inside", "b"), links],
      ] as const) {
        await expect(read(path), path).rejects.toThrow(problem);
        await expect(files.stat(path), path).rejects.toThrow(problem);
      }
      await expect(files.readdir(join(root, "link"))).rejects.toThrow(links);
      await expect(read(join(root, "nothing"))).rejects.toMatchObject({ code: "NIN_FILE_MISSING" });
    }));

  it("writes nothing", () =>
    inNewFolder(async (folder) => {
      const root = await realpath(folder);
      const files = confinedFileSystem(root);
      const path = join(root, "a");
      for (const work of [
        files.open(path, "w"),
        files.open(path, constants.O_RDWR | constants.O_CREAT),
        files.mkdir(path),
        files.rm(path),
        files.rename(path, path),
        files.link(path, path),
        files.rmdir(path),
      ]) {
        await expect(work).rejects.toThrow("cannot be written: it is only read here");
      }
    }));
});
