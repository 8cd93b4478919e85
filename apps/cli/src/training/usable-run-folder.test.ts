import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inNewFolder, namesBelow } from "../testing/folders.js";
import { expectProcessRefused } from "../testing/refusal.js";
import { requireUsableRunFolder } from "./usable-run-folder.js";

describe("a run folder", () => {
  it("that can be made is, and nothing is left of the trial", () =>
    inNewFolder(async (folder) => {
      await mkdir(join(folder, "there"));
      for (const name of ["new", "a/b/c", "there", "there/new"]) {
        await requireUsableRunFolder(join(folder, name));
      }
      expect(await namesBelow(folder)).toEqual(["there/"]);
    }));

  it("is refused where a file is in the way, or a run", () =>
    inNewFolder(async (folder) => {
      await writeFile(join(folder, "file"), "content");
      await mkdir(join(folder, "run"));
      await writeFile(join(folder, "run", "config.json"), "{}");
      const before = await namesBelow(folder);
      const refusals = [
        ["file", "file: cannot be written: there is a file of that name"],
        ["file/run", "cannot be written: part of the path is not a folder"],
        ["run", "run: there is a run already; continue it with --resume, or give another folder"],
      ] as const;
      for (const [name, line] of refusals) {
        await expect(requireUsableRunFolder(join(folder, name))).rejects.toThrow(line);
      }
      expect(await namesBelow(folder)).toEqual(before);
      expect(await readFile(join(folder, "file"), "utf8")).toBe("content");
    }));

  it.runIf(process.platform === "linux")(
    "is refused below /proc, by train and by start [Linux]",
    async () => {
      // Data that are not there: the folder is refused before they are looked for.
      const train = ["train", "nin-mnist", "--data", "/nonexistent", "--out"];
      const line = "cannot be written: there is no such file or folder";
      await expectProcessRefused([...train, "/proc/nin/run"], `nin: /proc/nin/run: ${line}`);
      await expectProcessRefused(["start", "--out", "/proc/nin"], `nin: /proc/nin: ${line}`);
    },
  );
});
