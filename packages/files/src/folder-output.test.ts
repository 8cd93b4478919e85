import { execFileSync, spawnSync } from "node:child_process";
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { lacking } from "@nin/test-support";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  checkFolderWritable,
  checkWritable,
  type FileSystem,
  makeFolders,
  realFileSystem,
  writeFileAtomic,
  writeFilesAtomic,
  writeFolderAtomic,
} from "./index.js";

let root = "";
let folder = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "nin-folders-"));
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "case-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const refusal = (code: string): Error => Object.assign(new Error(code), { code, syscall: "test" });

/** A file system that refuses one call; `when` is given the path. */
function refusing(
  call: "open" | "rename",
  code: string,
  when: (path: string) => boolean = () => true,
): FileSystem {
  const real = realFileSystem[call] as (path: string, ...more: readonly unknown[]) => Promise<unknown>;
  const replaced = (path: string, ...more: readonly unknown[]): Promise<unknown> =>
    when(path) ? Promise.reject(refusal(code)) : real(path, ...more);
  return { ...realFileSystem, [call]: replaced };
}

const isTemporary = (path: string): boolean => path.endsWith(".part");

const UNSHARE = ["--user", "--map-root-user", "--mount"];

describe("a file that can be written but not replaced is overwritten in place", () => {
  it.each([
    ["open", "EACCES"],
    ["open", "EROFS"],
    ["rename", "EBUSY"],
    ["rename", "EPERM"],
  ] as const)("where %s says %s", async (call, code) => {
    const files = refusing(call, code, isTemporary);
    const path = join(folder, "out");
    await writeFile(path, "old, and longer than the new", { mode: 0o604 });
    await chmod(path, 0o604);
    await link(path, join(folder, "same"));
    await checkWritable(path, { files });
    await writeFileAtomic(path, "new", { files });
    expect(await readFile(join(folder, "same"), "utf8")).toBe("new");
    expect((await stat(path)).mode & 0o7777).toBe(0o604);
    await writeFileAtomic(path, "longer than the old", { files });
    expect(await readFile(path, "utf8")).toBe("longer than the old");
    expect((await readdir(folder)).sort()).toEqual(["out", "same"]);
    await expect(writeFileAtomic(join(folder, "none"), "x", { files })).rejects.toThrow("cannot be written");
  });

  it("but not by a full disk, nor in /proc, where writing is setting", async () => {
    const path = join(folder, "out");
    await writeFile(path, "old");
    const files = refusing("open", "ENOSPC", isTemporary);
    await expect(writeFileAtomic(path, "new", { files })).rejects.toThrow("the disk is full");
    expect(await readFile(path, "utf8")).toBe("old");
    if (process.platform !== "linux") return;
    const before = await readFile("/proc/self/comm", "utf8");
    await expect(
      writeFileAtomic("/proc/self/comm", "x", { files: refusing("open", "EACCES", isTemporary) }),
    ).rejects.toThrow("permission denied");
    expect(await readFile("/proc/self/comm", "utf8")).toBe(before);
  });

  it("mounted alone, as a container mounts one", async ({ skip }) => {
    if (!canMount()) return lacking("unshare", "nothing can be mounted here", skip);
    const entry = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
    await writeFile(join(folder, "outside"), "old");
    await writeFile(join(folder, "inside"), "");
    const program = `const { writeFileAtomic, checkWritable } = await import(${JSON.stringify(entry)});
      await checkWritable("inside"); await writeFileAtomic("inside", "new");`;
    const script = 'mount --bind outside inside && exec "$0" --input-type=module -e "$1"';
    execFileSync("unshare", [...UNSHARE, "sh", "-c", script, process.execPath, program], { cwd: folder });
    expect(await readFile(join(folder, "outside"), "utf8")).toBe("new");
    expect((await readdir(folder)).sort()).toEqual(["inside", "outside"]);
  });
});

describe("files that belong together", () => {
  it("are unchanged, all of them, where one cannot be written", async () => {
    await writeFile(join(folder, "a"), "old");
    await mkdir(join(folder, "b"));
    const contents = new Map([
      [join(folder, "a"), "new"],
      [join(folder, "b"), "new"],
    ]);
    await expect(writeFilesAtomic(contents)).rejects.toThrow("b: cannot be written: it is a folder");
    expect(await readFile(join(folder, "a"), "utf8")).toBe("old");
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });

  it("come into a new folder, of which nothing is left where one cannot be written", async () => {
    const contents = new Map([
      ["a", "1"],
      ["b", "2"],
    ]);
    await writeFolderAtomic(join(folder, "x/y"), contents);
    expect(await readFile(join(folder, "x/y/b"), "utf8")).toBe("2");
    let opened = 0;
    const files = refusing("open", "ENOSPC", (path) => isTemporary(path) && ++opened === 2);
    await expect(writeFolderAtomic(join(folder, "p/q"), contents, { files })).rejects.toThrow(
      "q/b: cannot be written: the disk is full",
    );
    expect(await readdir(folder)).toEqual(["x"]);
  });
});

describe("checkFolderWritable", () => {
  it("leaves nothing of its trial", async () => {
    for (const name of ["", "new", "a/b/c"]) await checkFolderWritable(join(folder, name));
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["", "expected the path of a folder, got an empty one"],
    ["file", "cannot be written: there is a file of that name"],
    ["file/a", "cannot be written: part of the path is not a folder"],
    ["dangling", "cannot be written: there is no such file or folder"],
    [`a/b/${"n".repeat(256)}`, "cannot be written: the name is too long"],
  ])("refuses %j, and leaves what is there", async (name, problem) => {
    await writeFile(join(folder, "file"), "");
    await symlink("none", join(folder, "dangling"));
    await expect(checkFolderWritable(name && join(folder, name))).rejects.toThrow(problem);
    expect((await readdir(folder)).sort()).toEqual(["dangling", "file"]);
  });

  it("tries the files that will be written into it", async () => {
    await mkdir(join(folder, "result.json"));
    await checkFolderWritable(folder, { names: ["other.json"] });
    await expect(checkFolderWritable(folder, { names: ["other.json", "result.json"] })).rejects.toThrow(
      "result.json: cannot be written: it is a folder",
    );
  });
});

it("makeFolders gives the first that it made, and removes what it made when it fails", async () => {
  expect(await makeFolders(realFileSystem, join(folder, "a/b/c"))).toBe(join(folder, "a"));
  expect(await makeFolders(realFileSystem, join(folder, "a/b"))).toBeUndefined();
  expect(await makeFolders(realFileSystem, join(folder, "a/b/d"))).toBe(join(folder, "a/b/d"));
  await expect(makeFolders(realFileSystem, join(folder, "x/y", "n".repeat(256)))).rejects.toThrow(
    "ENAMETOOLONG",
  );
  expect(await readdir(folder)).toEqual(["a"]);
});

function canMount(): boolean {
  const script = "mount --bind /tmp /tmp";
  return spawnSync("unshare", [...UNSHARE, "sh", "-c", script], { stdio: "ignore" }).status === 0;
}
