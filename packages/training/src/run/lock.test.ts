import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type FileSystem, realFileSystem } from "@nin/files";
import { describe, expect, it } from "vitest";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { RunLock } from "./lock.js";
import { stateOf, thisProcess } from "./lock-holder.js";
import { createRun, type Run, resumeRun } from "./run.js";

const DEAD_PID = 2 ** 22 - 1;
const dead = JSON.stringify({ pid: DEAD_PID, host: hostname() });
const linux = process.platform === "linux";

/** A file system without links: FAT, some of the network. */
const withoutLinks: FileSystem = {
  ...realFileSystem,
  link: () => Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM", syscall: "link" })),
};

/** How many of some who try at once take the lock. */
async function race(folder: string, files: FileSystem, contenders = 6): Promise<number> {
  const all = Array.from({ length: contenders }, () => RunLock.take(files, folder));
  const taken = (await Promise.allSettled(all)).flatMap((each) => {
    if (each.status === "fulfilled") return [each.value];
    expect(each.reason).toMatchObject({ code: "NIN_RUN_LOCKED" });
    return [];
  });
  for (const lock of taken) await lock.verify();
  for (const lock of taken) await lock.release();
  expect(await readdir(folder)).toEqual([]);
  return taken.length;
}

describe("of several who come at once exactly one takes", () => {
  it.each([
    ["a dead process's lock", 20, dead, realFileSystem],
    ["a lock that is not there", 20, undefined, realFileSystem],
    ["an empty lock", 2, "", realFileSystem],
    ["a dead process's lock, where there are no links", 20, dead, withoutLinks],
    ["a lock that is not there, where there are no links", 20, undefined, withoutLinks],
  ])("%s", async (_name, rounds, text, files) => {
    for (let round = 0; round < rounds; round += 1) {
      await inNewFolder(async (folder) => {
        if (text !== undefined) await writeFile(join(folder, "lock"), text);
        expect(await race(folder, files)).toBe(1);
      });
    }
  });

  it("what a process left that died while it took the lock, or gave it back", () =>
    inNewFolder(async (folder) => {
      const token = (digit: string): string => digit.repeat(32);
      const record = (digit: string): string =>
        JSON.stringify({ pid: DEAD_PID, host: hostname(), token: token(digit) });
      const cases: readonly Readonly<Record<string, string>>[] = [
        { lock: record("a"), [`lock.after-${token("a")}`]: record("b") },
        { lock: record("a"), [`lock.after-${token("a")}`]: record("b"), [`lock.after-${token("b")}`]: "" },
        { lock: record("a"), [`lock.after-${token("a")}`]: record("a") },
        { [`lock.after-${token("a")}`]: record("b") },
        { lock: dead, "lock.4711": "" },
      ];
      for (const files of cases) {
        for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
        expect(await race(folder, realFileSystem)).toBe(1);
      }
    }));
});

it("who made the folder of a run that another one began in it leaves it alone", () =>
  inNewFolder(async (folder) => {
    const path = join(folder, "new", "run");
    let other: Run | undefined;
    const mkdir = async (made: string): Promise<undefined> => {
      await realFileSystem.mkdir(made);
      if (made === path) other = await createRun(path, smallConfig);
    };
    const files = { ...realFileSystem, mkdir } as FileSystem;
    await expect(createRun(path, smallConfig, { files })).rejects.toMatchObject({ code: "NIN_RUN_LOCKED" });
    expect((await readdir(path)).sort()).toEqual(["config.json", "lock", "metrics.jsonl"]);
    if (other === undefined) throw new Error("no other run was begun");
    await trainSmallRun(other, 3);
  }));

describe("the holder of a lock", () => {
  const me = thisProcess();
  it.each([
    ["this process", {}, "alive"],
    ["a process that has ended", { pid: DEAD_PID }, "dead"],
    ["an earlier process of this number", { startedAt: `${me.startedAt}0` }, linux ? "dead" : "alive"],
    ["a process before the machine was started again", { startedAt: "then:1" }, linux ? "dead" : "alive"],
    ["one of another machine", { host: "elsewhere" }, "elsewhere"],
    [
      "one of another machine of this name",
      { machine: "other" },
      me.machine === undefined ? "alive" : "elsewhere",
    ],
    ["one of another container", { pidNamespace: "pid:[1]" }, linux ? "elsewhere" : "alive"],
  ] as const)("%s", (_name, changes, expected) => {
    expect(stateOf({ ...me, ...changes })).toBe(expected);
  });

  it.runIf(linux)("that has ended and whose parent does not ask how is dead [Linux]", async () => {
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const [text] = await once(parent.stdout, "data");
      const pid = Number(String(text));
      const state = async () => /\) (\w) /.exec(await readFile(`/proc/${pid}/stat`, "utf8"))?.[1];
      while ((await state()) !== "Z") await new Promise((done) => setTimeout(done, 5));
      expect(stateOf({ pid, host: hostname() })).toBe("dead");
      expect(stateOf({ pid: parent.pid ?? 0, host: hostname() })).toBe("alive");
    } finally {
      parent.kill("SIGKILL");
    }
  });
});

describe("a lock of another machine or container", () => {
  it("is refused with the remedy, and taken by that", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      await writeFile(join(folder, "lock"), '{"pid":12,"host":"else\\u001b[2Jwhere"}');
      await expect(resumeRun(folder)).rejects.toThrow(
        "process 12 on else\\u001b[2Jwhere was training in this folder, and this machine or container cannot see whether it still is; if it is not, --force-unlock takes the lock",
      );
      const run = await resumeRun(folder, { forceUnlock: true });
      expect(run.resumeFrom?.state.step).toBe(3);
      await run.dispose();
      expect(await readdir(folder)).not.toContain("lock");
    }));
});

describe("a process whose lock was taken away", () => {
  it("writes no more, and does not give the new holder's lock back", () =>
    inNewFolder(async (folder) => {
      const former = await createRun(folder, smallConfig);
      const present = await resumeRun(folder, { forceUnlock: true });
      const before = await readFile(join(folder, "metrics.jsonl"), "utf8");
      await expect(trainSmallRun(former)).rejects.toThrow(
        `process ${process.pid} on ${hostname()} took the lock; this process no longer writes to the run`,
      );
      expect(await readFile(join(folder, "metrics.jsonl"), "utf8")).toBe(before);
      expect(await readdir(folder)).not.toContain("checkpoints");
      await trainSmallRun(present, 3);
      expect((await readdir(folder)).sort()).toEqual(["checkpoints", "config.json", "metrics.jsonl"]);
    }));

  it("by hand, too, saves no checkpoint", () =>
    inNewFolder(async (folder) => {
      const run = await createRun(folder, { ...smallConfig, logEvery: 100 });
      await rm(join(folder, "lock"));
      await expect(trainSmallRun(run)).rejects.toThrow("the lock is gone; this process no longer writes");
    }));
});

it("of a process that ends at once is given back", () =>
  inNewFolder(async (folder) => {
    const program = `
      const [lock, files, folder, other] = process.argv.slice(1);
      const { RunLock } = await import(lock);
      const { realFileSystem } = await import(files);
      await RunLock.take(realFileSystem, folder);
      if (other !== undefined) (await import("node:fs")).writeFileSync(folder + "/lock", other);
      process.exit(3);`;
    const modules = ["../../dist/node.js", "../../../files/dist/index.js"];
    const paths = modules.map((path) => new URL(path, import.meta.url).href);
    const run = (...more: readonly string[]) =>
      promisify(execFile)(process.execPath, [
        "--input-type=module",
        "-e",
        program,
        ...paths,
        folder,
        ...more,
      ]);
    await expect(run()).rejects.toMatchObject({ code: 3, stderr: "" });
    expect(await readdir(folder)).toEqual([]);
    await expect(run("another's")).rejects.toMatchObject({ code: 3 });
    expect(await readFile(join(folder, "lock"), "utf8")).toBe("another's");
  }));

it.runIf(process.platform !== "win32")("a pipe in its place is named at once", () =>
  inNewFolder(async (folder) => {
    execFileSync("mkfifo", [join(folder, "lock")]);
    await expect(RunLock.take(realFileSystem, folder)).rejects.toThrow(
      "lock: cannot be read: expected a file, found a pipe",
    );
  }),
);
