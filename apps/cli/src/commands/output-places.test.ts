import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serializeSafetensors } from "@nin/safetensors";
import {
  inNewFolder,
  namesBelow,
  newFolder,
  smallIdxFiles,
  smallNinJson,
  writeIdxFolder,
} from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { savedRunText } from "../conformance/saved-run.js";
import { sampleSavedRun } from "../conformance/testing/sample-run.js";
import { runHere } from "../testing/in-process.js";
import { expectRefusal } from "../testing/refusal.js";

let folder: string;
const file = (name: string): string => join(folder, name);

/** Of a filter that finds one case, quick on the reference. */
const SUITE = [
  "conformance",
  "--backend",
  "reference",
  "--filter",
  "forward/linear/plain:outFeatures=4,batch=2",
];

beforeAll(async () => {
  folder = await newFolder();
  await writeFile(file("small.json"), JSON.stringify(smallNinJson));
  const input = { shape: [1, 1, 8, 8], data: new Float32Array(64) };
  const labels = { shape: [1], data: BigInt64Array.of(3n) };
  const tensors = new Map<string, typeof input | typeof labels>([
    ["input", input],
    ["labels", labels],
  ]);
  await writeFile(file("x"), serializeSafetensors(tensors));
  await writeIdxFolder(file("data"), smallIdxFiles(20, 10));
  await runHere(["init", "small.json", "--output", "w"], folder);
  const train = ["train", "small.json", "--data", "data", "--backend", "reference", "--batch-size", "5"];
  await runHere([...train, "--max-steps", "1", "--out", "run"], folder);
  await writeFile(file("saved"), savedRunText(sampleSavedRun()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every command that writes a file, with where to write it left open. */
const WRITERS: readonly (readonly [string, () => readonly string[]])[] = [
  ["init", () => ["init", file("small.json"), "--output"]],
  ["predict", () => ["predict", ...model(), "--output"]],
  ["gradients", () => ["gradients", ...model(), "--output"]],
  ["explain", () => ["explain", file("run"), "--backend", "reference", "--output"]],
  ["export to ONNX", () => ["export", file("run"), "--format", "onnx", "--output"]],
  ["export to safetensors", () => ["export", file("run"), "--format", "safetensors", "--output"]],
  ["conformance --out", () => [...SUITE, "--out"]],
  ["conformance --junit", () => [...SUITE, "--junit"]],
  ["conformance matrix", () => ["conformance", "matrix", file("saved"), "--html"]],
];

function model(): readonly string[] {
  return [file("small.json"), "--weights", file("w"), "--input", file("x"), "--backend", "reference"];
}

const isRoot = process.getuid?.() === 0;

describe.runIf(process.platform === "linux").each(WRITERS)("%s writes to", (name, args) => {
  const run = (cwd: string, output: string) => runHere([...args(), output], cwd);
  const expectWritten = async (path: string): Promise<void> =>
    expect((await stat(path)).size).toBeGreaterThan(100);

  it("a device and a pipe, which stay what they are", () =>
    inNewFolder(async (cwd) => {
      const before = await lstat("/dev/null");
      expect((await run(cwd, "/dev/null")).status).toBe(0);
      const { ino, rdev, mode } = await lstat("/dev/null");
      expect({ ino, rdev, mode }).toEqual({ ino: before.ino, rdev: before.rdev, mode: before.mode });
      execFileSync("mkfifo", [join(cwd, "pipe")]);
      const [{ status }, received] = await Promise.all([run(cwd, "pipe"), readFile(join(cwd, "pipe"))]);
      expect([status, received.length > 100]).toEqual([0, true]);
      expect((await lstat(join(cwd, "pipe"))).isFIFO()).toBe(true);
      expect(await namesBelow(cwd)).toEqual(["pipe"]);
    }));

  it("what a link leads to, and the link stays", () =>
    inNewFolder(async (cwd) => {
      await mkdir(join(cwd, "far"));
      await writeFile(join(cwd, "far", "old"), "old");
      for (const target of ["old", "new"]) {
        await symlink(join("far", target), join(cwd, `to-${target}`));
        expect((await run(cwd, `to-${target}`)).status).toBe(0);
        expect((await lstat(join(cwd, `to-${target}`))).isSymbolicLink()).toBe(true);
        await expectWritten(join(cwd, "far", target));
      }
      expect(await namesBelow(cwd)).toEqual(["far/", "far/new", "far/old", "to-new", "to-old"]);
    }));

  it("a file, whose mode stays, and one of a long name", () =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "secret"), "old", { mode: 0o600 });
      const long = "n".repeat(240);
      for (const output of ["secret", long]) {
        expect((await run(cwd, output)).status).toBe(0);
        await expectWritten(join(cwd, output));
      }
      expect((await stat(join(cwd, "secret"))).mode & 0o7777).toBe(0o600);
      expect(await namesBelow(cwd)).toEqual([long, "secret"]);
    }));

  it("no file that may not be written, unless it is root's command", () =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "kept"), "old");
      await chmod(join(cwd, "kept"), 0o444);
      const ended = await run(cwd, "kept");
      expect((await stat(join(cwd, "kept"))).mode & 0o7777).toBe(0o444);
      if (isRoot) return expect(ended.status).toBe(0);
      expectRefusal(ended, "kept: cannot be written: permission denied");
      expect(await readFile(join(cwd, "kept"), "utf8")).toBe("old");
    }));

  it.each([
    ["", '"": expected the path of a file to write, got an empty one'],
    ["folder", "folder: cannot be written: it is a folder"],
    ["no/out", "no/out: cannot be written: there is no such file or folder"],
    ["small/out", "small/out: cannot be written: part of the path is not a folder"],
    ["/proc/out", "/proc/out: cannot be written: there is no such file or folder"],
    ["circle", "circle: cannot be written: its symbolic links lead in a circle"],
    ["n".repeat(256), ": cannot be written: the name is too long"],
  ])("no place like %j, before the work begins", (output, line) =>
    inNewFolder(async (cwd) => {
      await mkdir(join(cwd, "folder"));
      await writeFile(join(cwd, "small"), "kept");
      await symlink("circle", join(cwd, "circle"));
      expectRefusal(await run(cwd, output), line);
      expect(await namesBelow(cwd)).toEqual(["circle", "folder/", "small"]);
      expect(await readFile(join(cwd, "small"), "utf8")).toBe("kept");
    }),
  );

  it("a full disk in one line, and what took long is kept elsewhere", () =>
    inNewFolder(async (cwd) => {
      const { status, stderr } = await run(cwd, "/dev/full");
      expect(status).toBe(2);
      expect(stderr).toMatch(/^nin: \/dev\/full: cannot be written: the disk is full[^\n]*\n$/);
      const names = await readdir(cwd);
      if (!name.startsWith("conformance --")) return expect(names).toEqual([]);
      expect(names).toEqual([expect.stringMatching(/^nin-conformance-\w+\.json$/)]);
      expect(stderr).toContain(`the results were saved to ${names[0]} instead`);
      expect(JSON.parse(await readFile(join(cwd, names[0] ?? ""), "utf8"))).toMatchObject({
        format: "nin-conformance",
      });
    }));
});

describe("two outputs that are one file are refused", () => {
  it.each([
    [() => [...SUITE, "--out", "a", "--junit", "./a"], "--out and --junit name the same file"],
    [
      () => ["conformance", "matrix", file("saved"), "--html", "a", "--readme", "to-a"],
      "--html and --readme name the same file",
    ],
  ])("%#", (args, line) =>
    inNewFolder(async (cwd) => {
      await symlink("a", join(cwd, "to-a"));
      expectRefusal(await runHere(args(), cwd), line);
      expect(await namesBelow(cwd)).toEqual(["to-a"]);
    }),
  );
});

it("the matrix in a document keeps its mode and its link", () =>
  inNewFolder(async (cwd) => {
    const marks = "before\n<!-- conformance matrix: begin -->\n<!-- conformance matrix: end -->\nafter\n";
    await writeFile(join(cwd, "document"), marks, { mode: 0o640 });
    await symlink("document", join(cwd, "README.md"));
    const { status, stderr } = await runHere(
      ["conformance", "matrix", file("saved"), "--readme", "README.md"],
      cwd,
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect((await lstat(join(cwd, "README.md"))).isSymbolicLink()).toBe(true);
    expect((await stat(join(cwd, "document"))).mode & 0o7777).toBe(0o640);
    expect(await readFile(join(cwd, "document"), "utf8")).toMatch(/^before\n.*fast.*after\n$/s);
  }));
