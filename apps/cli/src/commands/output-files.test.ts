import { spawnSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serializeSafetensors } from "@nin/safetensors";
import {
  inNewFolder,
  lacking,
  namesBelow,
  newFolder,
  smallIdxFiles,
  smallNinJson,
  writeIdxFolder,
} from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin, viaBash } from "../testing/nin.js";
import { expectProcessRefused, expectRefusal, expectRefused } from "../testing/refusal.js";

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await newFolder();
  await writeFile(file("small.json"), JSON.stringify(smallNinJson));
  const input = { shape: [1, 1, 8, 8], data: new Float32Array(64) };
  const labels = { shape: [1], data: BigInt64Array.of(3n) };
  await writeFile(
    file("x"),
    serializeSafetensors(
      new Map<string, typeof input | typeof labels>([
        ["input", input],
        ["labels", labels],
      ]),
    ),
  );
  await writeIdxFolder(file("data"), smallIdxFiles(20, 10));
  await runHere(["init", "small.json", "--output", "w"], folder);
  await runHere([...train("run"), "--max-steps", "1"], folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function train(out: string): readonly string[] {
  const small = [
    "train",
    file("small.json"),
    "--data",
    file("data"),
    "--backend",
    "reference",
    "--epochs",
    "10",
  ];
  return [...small, "--batch-size", "5", "--checkpoint-every", "1", "--out", out];
}

/** Every command that writes a file, with where to write it left open. */
function writers(): readonly (readonly string[])[] {
  const model = [file("small.json"), "--weights", file("w"), "--input", file("x"), "--backend", "reference"];
  return [
    ["init", file("small.json")],
    ["predict", ...model],
    ["gradients", ...model],
    ["export", file("run"), "--format", "onnx"],
    ["export", file("run"), "--format", "safetensors"],
  ];
}

describe("an output file that cannot be written is refused", () => {
  it.each([
    ["in a folder that is not there", "no/out", "no/out: cannot be written: there is no such file or folder"],
    ["below a file", `${import.meta.filename}/out`, "out: cannot be written: "],
  ])("%s", async (_name, output, line) => {
    for (const args of writers()) await expectRefused([...args, "--output", output], line);
  });

  it("where a folder is in the way", () =>
    inNewFolder(async (cwd) => {
      await mkdir(join(cwd, "out"));
      for (const args of writers()) {
        expectRefusal(await runHere([...args, "--output", "out"], cwd), "out: cannot be written: ");
      }
      expect(await namesBelow(cwd)).toEqual(["out/"]);
    }));

  it.runIf(process.platform === "linux")("in /proc, in a process [Linux]", () =>
    expectProcessRefused(
      ["init", file("small.json"), "--output", "/proc/w.safetensors"],
      "nin: /proc/w.safetensors: cannot be written: ",
    ),
  );

  it("larger than the process may write, by every command", async ({ skip }) => {
    if (process.platform === "win32") return lacking("bash", "limits are set by bash", skip);
    for (const args of writers()) {
      await expectProcessRefused([...args, "--output", "out"], "out: cannot be written: ", {
        via: writingAtMost(0),
      });
    }
  });
});

/** Sizes of a disk at which another write is the first without room. Units: kB. */
const SMALL_DISKS = [4, 24, 100] as const;

describe("a full disk", () => {
  it("ends a training with one line, and what was saved is whole", { timeout: 240_000 }, async ({ skip }) => {
    if (!canMount()) return lacking("unshare", "a disk of its own cannot be mounted here", skip);
    for (const size of SMALL_DISKS) {
      await inNewFolder(async (cwd) => {
        await mkdir(join(cwd, "disk"));
        // The mount ends with its process: what it held is copied out before.
        const script = `mount -t tmpfs -o size=${size}k none disk; "$@"; s=$?; cp -r disk kept; exit $s`;
        const ended = await nin(train("disk/run"), { cwd, via: [...UNSHARE, ...viaBash(script)] });
        expect({ size, ...ended }).toMatchObject({ status: 2 });
        expect(ended.stderr).toMatch(/^nin: \/\S+: cannot be written: the disk is full\n$/);
        await expectResumable(join(cwd, "kept", "run"), cwd);
      });
    }
  });

  it("is reported for a limit on what a process may write, too", async ({ skip }) => {
    if (process.platform === "win32") return lacking("bash", "limits are set by bash", skip);
    await inNewFolder(async (cwd) => {
      const ended = await nin(train("run"), { cwd, via: writingAtMost(4) });
      expect(ended.stderr).toMatch(/^nin: \/\S+run: cannot be written: [^\n]*\n$/);
      expect(ended.status).toBe(2);
      await expectResumable(join(cwd, "run"), cwd);
    });
  });
});

/** Units: kB a file. */
function writingAtMost(size: number): readonly string[] {
  return viaBash(`ulimit -f ${size}; exec "$@"`);
}

const UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"];

function canMount(): boolean {
  const script = "mount -t tmpfs -o size=4k none /tmp";
  const [program = "", ...args] = [...UNSHARE, "sh", "-c", script];
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** The run that was begun, if one was, goes on to its end from its newest checkpoint. */
async function expectResumable(run: string, cwd: string): Promise<void> {
  if (!(await namesBelow(cwd)).some((name) => name.endsWith("run/config.json"))) return;
  await cp(run, join(cwd, "moved"), { recursive: true });
  const resumed = await runHere(["train", "--resume", "moved"], cwd);
  expect(resumed.stderr).toBe("");
  expect(resumed.status).toBe(0);
  const names = await namesBelow(join(cwd, "moved"));
  expect(names.filter((name) => /part|lock/.test(name))).toEqual([]);
  expect(names).toContain("report.html");
}
