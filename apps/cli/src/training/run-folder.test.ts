import { mkdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { expectProcessRefused } from "../testing/refusal.js";
import { newRunFolder, requireUsableRunFolder } from "./run-folder.js";

it("names a run by model, recipe and time, and never twice the same", () =>
  inNewFolder(async (cwd) => {
    const before = process.cwd();
    process.chdir(cwd);
    try {
      const now = new Date("2026-03-04T05:06:07.890Z");
      const names = [1, 2, 3].map(() => {
        const name = newRunFolder("nin", "d2l", now);
        mkdirSync(name, { recursive: true });
        return name;
      });
      expect(names).toEqual(["", "-2", "-3"].map((end) => join("runs", `nin-d2l-20260304-050607${end}`)));
      const odd = newRunFolder("../x y/é", `${"r".repeat(80)}`, now);
      expect(odd).toBe(join("runs", `..-x-y--${"r".repeat(60)}-20260304-050607`));
    } finally {
      process.chdir(before);
    }
  }));

describe("a run folder", () => {
  it("that can be created is accepted, and is not left behind", () =>
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
        [
          "run",
          "run: this folder already contains a run; continue it with --resume, or choose another folder",
        ],
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
