import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { endOf } from "@nin/test-support";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  checkWritable,
  FileError,
  gunzipBeginning,
  gunzipBounded,
  readFileBounded,
  readJsonFile,
  readTextBounded,
  realFileSystem,
  removeTemporaries,
  writeFileAtomic,
} from "./index.js";

const posix = process.platform !== "win32";
let root = "";
let folder = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "nin-files-"));
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "case-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function refusal(work: Promise<unknown>): Promise<FileError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof FileError) return error;
  throw new Error(`expected a FileError, got ${error}`);
}

describe("writeFileAtomic", () => {
  it("makes a file, replaces it, and leaves nothing else", async () => {
    const path = join(folder, "out");
    await writeFileAtomic(path, "one");
    await writeFileAtomic(path, Buffer.from("two"));
    expect([await readFile(path, "utf8"), await readdir(folder)]).toEqual(["two", ["out"]]);
  });

  it("gives a new file the mode that umask leaves, and keeps that of one that is there", async () => {
    const [made, kept] = [join(folder, "made"), join(folder, "kept")];
    const former = process.umask(0o027);
    try {
      await writeFileAtomic(made, "");
    } finally {
      process.umask(former);
    }
    expect((await stat(made)).mode & 0o777).toBe(0o640);
    for (const mode of [0o600, 0o755, 0o666]) {
      await writeFile(kept, "");
      await chmod(kept, mode);
      await writeFileAtomic(kept, "new");
      expect((await stat(kept)).mode & 0o7777).toBe(mode);
    }
  });

  it("replaces what a link points to; the link stays, also a dangling one and one of another folder", async () => {
    await mkdir(join(folder, "far"));
    await writeFile(join(folder, "far/real"), "old");
    await symlink("far/real", join(folder, "one"));
    await symlink("one", join(folder, "two"));
    await symlink("far/none", join(folder, "dangling"));
    for (const name of ["two", "dangling"]) await writeFileAtomic(join(folder, name), name);
    expect(await readlink(join(folder, "two"))).toBe("one");
    expect(await readFile(join(folder, "far/real"), "utf8")).toBe("two");
    expect((await lstat(join(folder, "dangling"))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, "far/none"), "utf8")).toBe("dangling");
    expect((await readdir(join(folder, "far"))).sort()).toEqual(["none", "real"]);
  });

  it("takes a name as long as the file system does", async () => {
    const path = join(folder, "n".repeat(255));
    await writeFileAtomic(path, "x");
    expect(await readFile(path, "utf8")).toBe("x");
    expect((await refusal(writeFileAtomic(`${path}n`, "x"))).problem).toBe(
      "cannot be written: the name is too long",
    );
  });

  it("leaves a device a device", async () => {
    const before = await stat("/dev/null");
    await writeFileAtomic("/dev/null", "x".repeat(100_000));
    await checkWritable("/dev/null");
    expect(await stat("/dev/null")).toMatchObject({ ino: before.ino, rdev: before.rdev, mode: before.mode });
  });

  it("sends all of it down a pipe, waiting for the reader", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const text = "0123456789".repeat(50_000);
    await checkWritable(path);
    const [received] = await Promise.all([
      readTextBounded(path, { maxBytes: 1e6 }),
      writeFileAtomic(path, text),
    ]);
    expect(received === text).toBe(true);
    expect((await stat(path)).isFIFO()).toBe(true);
    await expect(writeFileAtomic(path, "x", { signal: AbortSignal.timeout(60) })).rejects.toThrow("timeout");
  });

  it("writes to an open file by its number", async () => {
    const log = await open(join(folder, "log"), "a");
    await log.write("before ");
    await writeFileAtomic(`/proc/self/fd/${log.fd}`, "during ");
    await log.write("after");
    await log.close();
    expect(await readFile(join(folder, "log"), "utf8")).toBe("before during after");
  });

  it.each([
    ["", '"": expected the path of a file to write, got an empty one'],
    [".", "cannot be written: it is a folder"],
    ["sub/", "cannot be written: it is a folder"],
    ["none/out", "cannot be written: there is no such file or folder"],
    ["file/out", "cannot be written: part of the path is not a folder"],
    ["circle", "cannot be written: its symbolic links lead in a circle"],
    ["nul\0l", "cannot be written: a path cannot contain a null character"],
    ["socket", "cannot be written: it is a socket"],
  ])("refuses %j in one line, also when tried before", async (name, problem) => {
    await writeFile(join(folder, "file"), "kept");
    await symlink("circle", join(folder, "circle"));
    const { createServer } = await import("node:net");
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    const path = name === "" ? "" : `${folder}/${name}`;
    const before = (await readdir(folder)).sort();
    expect((await refusal(writeFileAtomic(path, "x"))).message).toContain(problem);
    expect((await refusal(checkWritable(path))).message).toContain(problem);
    expect((await readdir(folder)).sort()).toEqual(before);
    await new Promise((resolve) => server.close(resolve));
  });

  it.runIf(process.platform === "linux")(
    "refuses what /proc has no room for, and a full disk, at once",
    async () => {
      expect((await refusal(writeFileAtomic("/proc/none/a", "x"))).code).toBe("NIN_FILE_WRITE");
      expect((await refusal(checkWritable("/proc/out"))).code).toBe("NIN_FILE_WRITE");
      expect((await refusal(writeFileAtomic("/dev/full", "x"))).problem).toBe(
        "cannot be written: the disk is full",
      );
    },
  );

  it("leaves a file that may not be written", async () => {
    const path = join(folder, "kept");
    await writeFile(path, "old", { mode: 0o444 });
    const files = {
      ...realFileSystem,
      access: () => Promise.reject(Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "access" })),
    };
    expect((await refusal(writeFileAtomic(path, "new", { files }))).problem).toContain("permission denied");
    expect(await readFile(path, "utf8")).toBe("old");
  });

  it("does not touch the other name of a file", async () => {
    await writeFile(join(folder, "a"), "old");
    await link(join(folder, "a"), join(folder, "b"));
    await writeFileAtomic(join(folder, "b"), "new");
    expect(await readFile(join(folder, "a"), "utf8")).toBe("old");
  });

  it("what a killed process leaves is known by its name", async () => {
    for (const name of [".nin-0123456789ab.part", ".nin-0123456789ab.parts", "a.part"])
      await writeFile(join(folder, name), "");
    await removeTemporaries(realFileSystem, folder);
    expect((await readdir(folder)).sort()).toEqual([".nin-0123456789ab.parts", "a.part"]);
    await removeTemporaries(realFileSystem, join(folder, "none"));
  });
});

describe("readFileBounded", () => {
  it("reads files of any size up to the limit, those of /proc too", async () => {
    const path = join(folder, "in");
    for (const size of [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000]) {
      const bytes = Buffer.alloc(size, 7);
      await writeFile(path, bytes);
      expect((await readFileBounded(path, { maxBytes: size })).equals(bytes)).toBe(true);
    }
    expect((await readFileBounded("/proc/self/status", { maxBytes: 1e5 })).length).toBeGreaterThan(100);
  });

  it.each([
    [11, "too large: expected at most 10 bytes, found 11 bytes"],
    [3 * 2 ** 30, "too large: expected at most 10 bytes, found 3,072 MiB"],
  ])("refuses %i bytes without reading them", async (size, problem) => {
    const path = join(folder, "in");
    const file = await open(path, "w");
    await file.truncate(size);
    await file.close();
    expect(await refusal(readFileBounded(path, { maxBytes: 10 }))).toMatchObject({
      code: "NIN_FILE_SIZE",
      problem,
    });
  });

  it("reads a pipe, up to the limit, unless a regular file is wanted", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const [text] = await Promise.all([
      readTextBounded(path, { maxBytes: 5 }),
      writeFileAtomic(path, "12345"),
    ]);
    expect(text).toBe("12345");
    const endless = spawn("sh", ["-c", `exec cat /dev/zero > ${path}`]);
    expect((await refusal(readFileBounded(path, { maxBytes: 3e6 }))).code).toBe("NIN_FILE_SIZE");
    await endOf(endless);
    const regularOnly = { maxBytes: 5, regularOnly: true };
    expect((await refusal(readFileBounded(path, regularOnly))).problem).toBe(
      "cannot be read: expected a file, found a pipe",
    );
    const signal = AbortSignal.timeout(60);
    await expect(readFileBounded(path, { maxBytes: 5, signal })).rejects.toThrow("timeout");
  });

  it.each([
    ["/dev/zero", "NIN_FILE_KIND", "cannot be read: expected a file, found a device"],
    [".", "NIN_FILE_KIND", "cannot be read: expected a file, found a folder"],
    ["none", "NIN_FILE_MISSING", "cannot be read: there is no such file or folder"],
    ["a\0b", "NIN_FILE_READ", "cannot be read: a path cannot contain a null character"],
  ])("refuses %j", async (name, code, problem) => {
    const path = name.startsWith("/") ? name : `${folder}/${name}`;
    expect(await refusal(readFileBounded(path, { maxBytes: 10 }))).toMatchObject({ code, problem });
  });

  it.runIf(posix)(
    "reads an empty <(command), and lets the process end while a pipe has no writer",
    async () => {
      const entry = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
      const program = `const [entry, at] = process.argv.slice(1); const { readTextBounded } = await import(entry);
      setTimeout(() => process.exit(3), 300).unref();
      console.log(JSON.stringify(await readTextBounded(at, { maxBytes: 10 })));`;
      const run = (path: string) =>
        new Promise((resolve) => {
          const child = spawn(
            "bash",
            ["-c", `"$0" --input-type=module -e "$1" "$2" ${path}`, process.execPath, program, entry],
            { timeout: 5000 },
          );
          child.on("exit", resolve);
        });
      execFileSync("mkfifo", [join(folder, "pipe")]);
      expect(await Promise.all([run("<(true)"), run(join(folder, "pipe"))])).toEqual([0, 3]);
    },
  );
});

it("readJsonFile says where a file is wrong", async () => {
  const path = join(folder, "a.json");
  await writeFile(path, '{\n "a": 1,\n}');
  await expect(readJsonFile(path)).rejects.toThrow(
    `${path}: line 3, column 1: expected a name in double quotes`,
  );
  await writeFile(path, Buffer.from('{"a": "\xe9"}', "latin1"));
  await expect(readJsonFile(path)).rejects.toThrow(`${path}: expected JSON, which is UTF-8`);
  await writeFile(path, '{"a": [1]}');
  expect(await readJsonFile(path)).toEqual({ a: [1] });
});

describe("gunzip", () => {
  const packed = gzipSync(Buffer.alloc(50_000_000));

  it("stops at the limit", async () => {
    expect((await gunzipBounded(packed, 50_000_000)).length).toBe(50_000_000);
    await expect(gunzipBounded(packed, 49_999_999)).rejects.toThrow("unpacks to more than 49999999 bytes");
    await expect(gunzipBounded(gzipSync("a"), 0)).resolves.toHaveLength(1);
  });

  it("gives the beginning alone", async () => {
    expect(await gunzipBeginning(gzipSync("hello world"), 5)).toEqual(Buffer.from("hello"));
    expect(await gunzipBeginning(gzipSync("hi"), 5)).toEqual(Buffer.from("hi"));
    expect((await gunzipBeginning(packed, 16)).length).toBe(16);
    await expect(gunzipBeginning(Buffer.from("no gzip at all"), 5)).rejects.toThrow("incorrect header check");
  });
});
