import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, smallNinJson } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin, viaBash } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";

const DEEP = `${"[".repeat(5000)}${"]".repeat(5000)}`;
const NASTY = `\u001b[2J${"x".repeat(70_000)}`;

/** A folder of files that are not what they should be. */
async function inFolder(use: (cwd: string) => Promise<void>): Promise<void> {
  await inNewFolder(async (cwd) => {
    await writeFile(join(cwd, "deep.json"), DEEP);
    await writeFile(join(cwd, "null.json"), "null");
    await writeFile(join(cwd, "twice.json"), '{"format": 1,\n "format": 2}');
    await writeFile(join(cwd, "nasty.json"), JSON.stringify({ ...smallNinJson, [NASTY]: NASTY }));
    await writeFile(join(cwd, "small.json"), JSON.stringify(smallNinJson));
    await writeFile(join(cwd, "bench.json"), '{"format": "nin-bench", "version": 1, "cases": [null]}');
    await writeFile(join(cwd, "run.json"), '{"format": "nin-conformance", "version": 1, "cases": [null]}');
    for (const name of ["large.json", "large.safetensors"]) {
      await writeFile(join(cwd, name), "");
      await truncate(join(cwd, name), 3e9);
    }
    await mkdir(join(cwd, "tf"));
    await writeFile(
      join(cwd, "tf/model.json"),
      JSON.stringify({ weightsManifest: [{ paths: ["../../etc/passwd"], weights: [] }] }),
    );
    await use(cwd);
  });
}

describe("a file from outside", () => {
  const evaluate = (weights: string) => [
    "evaluate",
    "small.json",
    "--data",
    "synthetic",
    "--weights",
    weights,
  ];

  it.each([
    [["summary", "deep.json"], "architecture deep.json: line 1, column 65: nested more than 64 levels deep"],
    [["summary", "twice.json"], 'architecture twice.json: line 2, column 2: the name "format" stands twice'],
    [["summary", "nasty.json"], "unknown field; expected one of format, version, name, input, layers"],
    [["summary", "/dev/zero"], "architecture /dev/zero: cannot be read: expected a file, found a device"],
    [
      ["summary", "large.json"],
      "architecture large.json: too large: expected at most 16 MiB, found 2,861 MiB",
    ],
    [["train", "small.json", "--recipe", "deep.json"], "recipe deep.json: line 1, column 65: nested"],
    [["train", "small.json", "--recipe", "large.json"], "recipe large.json: too large"],
    [evaluate("/dev/zero"), "/dev/zero: cannot be read: expected a file, found a device"],
    [
      evaluate("large.safetensors"),
      "large.safetensors: too large: expected at most 2,048 MiB, found 2,861 MiB",
    ],
    [evaluate("large.json"), "large.json: too large: expected at most 64 MiB"],
    [
      evaluate("tf/model.json"),
      'the plain name of a file in the folder of model.json, got "../../etc/passwd"',
    ],
    [["bench", "compare", "deep.json", "deep.json"], "deep.json: line 1, column 65: nested"],
    [["bench", "compare", "null.json", "null.json"], "null.json: (root): expected an object, got null"],
    [
      ["bench", "compare", "bench.json", "bench.json"],
      "bench.json: startedAt: expected a string, got nothing",
    ],
    [["bench", "compare", "/dev/zero", "/dev/zero"], "/dev/zero: cannot be read"],
    [["conformance", "matrix", "deep.json"], "conformance run deep.json: line 1, column 65: nested"],
    [["conformance", "matrix", "run.json"], "run.json: environment: expected an object, got nothing"],
    [["conformance", "matrix", "/dev/zero"], "conformance run /dev/zero: cannot be read"],
    [["bench", "--batch", "9007199254740991"], "of memory; this machine has"],
    [
      ["summary", NASTY],
      "model: expected one of nin, nin-mnist, nin-cifar10, nin-imagenet, alexnet, vgg11, nin-xs, nin-s, nin-m, nin-l, nin-xl, got",
    ],
  ])("is refused by %j in one short, printable line", async (args, line) => {
    await inFolder(async (cwd) => {
      const ended = await runHere(args, cwd);
      expectRefusal(ended, line);
      expect(ended.stderr).toMatch(/^[^\p{Cc}]{20,1000}\n$/u);
    });
  });

  it("is not printed as it is where it is good, but for its control characters", async () => {
    await inFolder(async (cwd) => {
      const name = "\u001b[2Jred\u202e";
      await writeFile(join(cwd, "named.json"), JSON.stringify({ ...smallNinJson, name }));
      const { status, stdout } = await runHere(["summary", "named.json"], cwd);
      expect([status, stdout.split(",")[0]]).toEqual([0, "\\u001b[2Jred\\u202e"]);
    });
  });

  it.runIf(process.platform !== "win32")("may be a pipe", async () => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, "bad.json"), '{"format": "nin-architecture",');
      const piped = (file: string) => nin(["summary"], { cwd, via: viaBash(`"$@" <(cat ${file})`) });
      const [good, bad] = await Promise.all([piped("small.json"), piped("bad.json")]);
      expect([good.status, good.stderr]).toEqual([0, ""]);
      expectRefusal(bad, "line 1, column 31: expected a name in double quotes");
    });
  });
});
