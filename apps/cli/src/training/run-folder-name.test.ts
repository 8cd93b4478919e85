import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inNewFolder } from "../testing/folders.js";
import { newRunFolder } from "./run-folder-name.js";

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
