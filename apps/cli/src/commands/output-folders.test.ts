import { mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "@nin/files";
import {
  inNewFolder,
  namesBelow,
  newFolder,
  smallIdxFiles,
  smallNinJson,
  writeIdxFolder,
} from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepResult } from "../arguments/outputs.js";
import { runHere } from "../testing/in-process.js";
import { nin, viaBash } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  await writeFile(join(folder, "small.json"), JSON.stringify(smallNinJson));
  await writeIdxFolder(join(folder, "data"), smallIdxFiles(20, 10));
  const train = ["train", "small.json", "--data", "data", "--backend", "reference", "--batch-size", "5"];
  await runHere([...train, "--max-steps", "1", "--out", "run"], folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const exporting = (output: string): readonly string[] => [
  ...["export", join(folder, "run"), "--format", "tfjs", "--output", output],
];

describe("an export into a folder", () => {
  it("makes it with those above it, follows links, and keeps the files' modes", () =>
    inNewFolder(async (cwd) => {
      expect((await runHere(exporting("a/b"), cwd)).status).toBe(0);
      await symlink("a/b", join(cwd, "link"));
      await writeFile(join(cwd, "a/b/model.json"), "old", { mode: 0o600 });
      const before = (await stat(join(cwd, "a/b/model.json"))).mode;
      expect((await runHere(exporting("link"), cwd)).status).toBe(0);
      expect((await stat(join(cwd, "a/b/model.json"))).mode).toBe(before);
      expect(await namesBelow(cwd)).toEqual(["a/", "a/b/", "a/b/model.json", "a/b/weights.bin", "link"]);
    }));

  it.each([
    ["", '"": expected the path of a folder, got an empty one'],
    ["file", "file: cannot be written: there is a file of that name"],
    ["file/a", "file/a: cannot be written: part of the path is not a folder"],
    ["/proc/a/b", "/proc/a/b: cannot be written: there is no such file or folder"],
    [`new/${"n".repeat(256)}`, ": cannot be written: the name is too long"],
    ["taken", "taken/model.json: cannot be written: it is a folder"],
  ])("to %j is refused, and nothing is changed, by bench neither", (output, line) =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "file"), "kept");
      for (const name of ["model.json", "result.json"])
        await mkdir(join(cwd, "taken", name), { recursive: true });
      await writeFile(join(cwd, "taken/weights.bin"), "kept");
      const before = await namesBelow(cwd);
      expectRefusal(await runHere(exporting(output), cwd), line);
      expectRefusal(
        await runHere(["bench", "--out", output], cwd),
        line.replace("model.json", "result.json"),
      );
      expect(await namesBelow(cwd)).toEqual(before);
      expect(await readFile(join(cwd, "taken/weights.bin"), "utf8")).toBe("kept");
    }),
  );
});

it("what cannot be written after a measurement is saved in the current folder, else in the temporary one", () =>
  inNewFolder(async (cwd) => {
    const failing = (): Promise<void> =>
      Promise.reject(new FileError("NIN_FILE_WRITE", "out", "cannot be written: the disk is full"));
    const before = process.cwd();
    process.chdir(cwd);
    try {
      await expect(keepResult("nin-bench", "content", failing)).rejects.toThrow(
        /^out: cannot be written: the disk is full; the results were saved to nin-bench-\w+\.json instead$/,
      );
      const [name = ""] = await namesBelow(cwd);
      expect(await readFile(name, "utf8")).toBe("content");
      await rm(cwd, { recursive: true });
      const error: unknown = await keepResult("nin-bench", "content", failing).catch((reason) => reason);
      const [, kept = ""] = /were saved to (\/\S+\.json) instead$/.exec(String(error)) ?? [];
      expect(await readFile(kept, "utf8")).toBe("content");
      await rm(kept);
    } finally {
      process.chdir(before);
    }
  }));

describe("a benchmark that cannot be is refused before anything is measured", () => {
  it.each([
    [["--backend", "foo"], "backend: expected one of onnxruntime,"],
    [["--backend", "onnxruntime:tpu"], "got onnxruntime:tpu"],
    [
      ["--data", "nope"],
      "nope: expected a folder of images (or of IDX or CIFAR files), or a .csv, found nothing",
    ],
    [
      ["--quick", "--data", "nope"],
      "nope: expected a folder of images (or of IDX or CIFAR files), or a .csv, found nothing",
    ],
    [["--recipe", "nope"], "recipe: expected one of d2l, robust"],
    [["--model", "nope"], "model: expected one of"],
    [["--python", "no-such-python"], "--python no-such-python: cannot be started: there is no such file"],
    [["--tfjs", "nope"], "--tfjs nope: expected the folder of a project"],
  ])("%j", (flags, line) =>
    inNewFolder(async (cwd) => {
      expectRefusal(await runHere(["bench", ...flags], cwd), line);
      expect(await namesBelow(cwd)).toEqual([]);
    }),
  );
});

it.runIf(process.platform === "linux")(
  "a working folder that was removed is one line, where it is needed",
  () =>
    inNewFolder(async (cwd) => {
      const script = 'cd "$(mktemp -d gone-XXXXXX)" && rmdir "$PWD" && exec "$@"';
      const run = (...args: string[]) => nin(args, { cwd, via: viaBash(script) });
      const [summary, ...refused] = await Promise.all([
        run("summary", "nin"),
        run("train", "nin-mnist", "--data", "synthetic"),
        run("bench", "--quick"),
      ]);
      expect([summary?.status, summary?.stderr]).toEqual([0, ""]);
      for (const ended of refused) expectRefusal(ended, "the working directory no longer exists");
    }),
);
