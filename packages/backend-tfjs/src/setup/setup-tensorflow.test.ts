import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RECORD, readInstalled, setupFolder, setupPackage } from "../devices/installed.js";
import { FakePrograms } from "../testing/fake-programs.js";
import { removeTensorFlow, setUpTensorFlow } from "./setup-tensorflow.js";

const isLinux = process.platform === "linux";

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nin-setup-"));
  cache = join(folder, "cache");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function setUp(programs: FakePrograms, signal?: AbortSignal): ReturnType<typeof setUpTensorFlow> {
  return setUpTensorFlow({
    variant: "cpu",
    cache,
    env: programs.env,
    ...(signal === undefined ? {} : { signal }),
  });
}

function fakePrograms(...names: string[]): Promise<FakePrograms> {
  return FakePrograms.in(join(folder, "bin"), names.length === 0 ? undefined : names);
}

describe.runIf(isLinux)("setting TensorFlow up", () => {
  it.each([
    [["npm", "g++"], "setup tensorflow: python3 was not found; install it"],
    [["python3", "npm"], "setup tensorflow: no C++ compiler was found (g++, clang++, c++); install one"],
    [["python3", "g++"], "setup tensorflow: npm was not found; install it with Node.js"],
  ])("with %j alone says what is missing, before anything is fetched", async (names, message) => {
    const programs = await fakePrograms(...names);
    await expect(setUp(programs)).rejects.toThrow(message);
    expect(await programs.calls()).toEqual([]);
  });

  it.each([
    ["full-disk", /^setup tensorflow: the disk of .*tensorflow-cpu is full; make room/],
    [
      "no-such-version",
      /^setup tensorflow: pip could not install TensorFlow 2\.21\.0: ERROR: No matching distribution/,
    ],
  ] as const)(
    "says in one line that pip failed: %s, and leaves nothing half done",
    async (behaviour, message) => {
      const programs = await fakePrograms();
      await programs.pip(behaviour);
      await expect(setUp(programs)).rejects.toThrow(message);
      expect(await readdir(setupFolder("cpu", cache))).toEqual([]);
    },
  );

  it("does only what is left to do after a failure, and makes anew what does not work", async () => {
    const programs = await fakePrograms();
    await programs.pip("full-disk");
    await expect(setUp(programs)).rejects.toThrow("is full");
    await programs.pip("works");
    await programs.calls();
    const broken = "the TensorFlow that was made does not work: ";
    await expect(setUp(programs)).rejects.toThrow(broken);
    expect(await programs.calls()).toEqual(["python3", "npm", "g++", "g++"]);
    expect(existsSync(join(setupFolder("cpu", cache), "python"))).toBe(false);
    await expect(setUp(programs)).rejects.toThrow(broken);
    expect((await programs.calls()).slice(0, 2)).toEqual(["python3", "g++"]);
  });

  it("stops when it is aborted, and the next run removes what a killed one left", async () => {
    const programs = await fakePrograms();
    await programs.pip("hangs");
    const controller = new AbortController();
    const stopped = setUp(programs, controller.signal);
    stopped.catch(() => undefined);
    await untilCalled(programs);
    controller.abort(new Error("interrupted"));
    await expect(stopped).rejects.toThrow("interrupted");
    const place = setupFolder("cpu", cache);
    expect((await readdir(place)).filter((name) => name.endsWith(".partial"))).toEqual([]);
    // No process has this number: Linux stops at 2^22.
    await mkdir(join(place, "python.4194305.partial"));
    await programs.pip("no-such-version");
    await expect(setUp(programs)).rejects.toThrow("No matching distribution");
    expect(await readdir(place)).toEqual([]);
  });

  it("that is set up already does nothing; undone, nothing is left", async () => {
    const programs = await fakePrograms();
    const entry = setupPackage(setupFolder("cpu", cache));
    await mkdir(entry, { recursive: true });
    await writeFile(join(entry, "package.json"), "{}");
    const versions = { tensorFlowVersion: "2.21.0", tfjsVersion: "4.22.0" };
    await writeFile(join(setupFolder("cpu", cache), RECORD), JSON.stringify(versions));
    expect(await setUp(programs)).toMatchObject({ ...versions, variant: "cpu", entry, wasThere: true });
    expect(await programs.calls()).toEqual([]);
    expect(await removeTensorFlow(cache)).toEqual([setupFolder("cpu", cache)]);
    expect(await readdir(cache)).toEqual([]);
    expect(await removeTensorFlow(cache)).toEqual([]);
  });

  it.each([
    "",
    '{ "tensorFlowVersion": "2.21',
    "null",
    "[]",
    '{ "tensorFlowVersion": 2 }',
    "\0".repeat(80),
    undefined,
  ])("whose record is damaged (%j) is made again, and can be undone", async (record) => {
    const programs = await fakePrograms();
    await programs.pip("full-disk");
    const place = setupFolder("cpu", cache);
    const entry = setupPackage(place);
    await mkdir(entry, { recursive: true });
    await writeFile(join(entry, "package.json"), "{}");
    if (record === undefined) await mkdir(join(place, RECORD));
    else await writeFile(join(place, RECORD), record);
    expect(readInstalled(cache)).toEqual([]);
    await expect(setUp(programs)).rejects.toThrow("is full");
    expect(await removeTensorFlow(cache)).toEqual([place]);
    expect(await readdir(cache)).toEqual([]);
  });

  it("in a folder that cannot be made says so at once, below /proc too", async () => {
    const programs = await fakePrograms();
    await writeFile(cache, "a file");
    await expect(setUp(programs)).rejects.toThrow(
      /cpu cannot be made: part of the path is not a folder; set/,
    );
    const below = setUpTensorFlow({ variant: "cpu", cache: "/proc/nin", env: programs.env });
    await expect(below).rejects.toThrow("/proc/nin/tensorflow-cpu cannot be made: there is no such file");
  });
});

async function untilCalled(programs: FakePrograms): Promise<void> {
  while ((await programs.calls()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
