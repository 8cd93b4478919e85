import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, publishedSmallSet } from "../testing/idx-folder.js";
import { type MirrorManner, serveMirror } from "../testing/mirror-server.js";
import { downloadFile } from "./download.js";
import type { DownloadProgress } from "./transfer.js";

const { files, bytes } = publishedSmallSet();
const file = files.trainImages;
const whole = bytes.get(file.name) ?? Buffer.alloc(0);
const half = Math.floor(whole.length / 2);

/** Downloads from mirrors of these manners. What was asked of each, and what is in the folder then. */
async function attempt(
  manners: readonly MirrorManner[],
  left?: { readonly name: string; readonly bytes: Uint8Array },
) {
  const folder = await emptyFolder();
  const target = join(folder, file.name);
  if (left !== undefined) await writeFile(join(folder, left.name), left.bytes);
  const mirrors = await Promise.all(manners.map((manner) => serveMirror(bytes, manner)));
  const progress: DownloadProgress[] = [];
  const error = await downloadFile(file, target, {
    mirrors: mirrors.map(({ url }) => url),
    env: {},
    // Long where nothing stalls: a busy machine must not look like a silent mirror.
    stallMs: manners.some((manner) => manner === "stall" || manner === "never-ends") ? 1000 : 30_000,
    ...(manners.includes("drip") ? { rateWindowMs: 400, minBytesPerSecond: 25 } : {}),
    onProgress: (step) => progress.push(step),
  }).then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  await Promise.all(mirrors.map((mirror) => mirror[Symbol.asyncDispose]()));
  const asked = mirrors.map(({ requests }) => requests.map((request) => request.split(" ")[1]));
  return { folder, target, error, asked, progress, names: (await readdir(folder)).sort(), mirrors };
}

const part = { name: `${file.name}.part`, bytes: whole.subarray(0, half) };

describe("downloadFile", () => {
  it("gets the file, reports progress, and leaves nothing else", async () => {
    const { target, error, progress, names, mirrors } = await attempt(["ranges"]);
    expect(error).toBeUndefined();
    expect(names).toEqual([file.name]);
    expect(await readFile(target)).toEqual(whole);
    expect(progress.at(-1)).toEqual({
      file: file.name,
      receivedBytes: whole.length,
      totalBytes: whole.length,
    });
    expect(mirrors[0]?.requests).toEqual([`${file.name} whole identity`]);
  });

  it("goes on with what an earlier run left", async () => {
    const { error, asked, target } = await attempt(["ranges"], part);
    expect(error).toBeUndefined();
    expect(asked).toEqual([[`bytes=${half}-`]]);
    expect(await readFile(target)).toEqual(whole);
  });

  it("starts anew from a server without ranges", async () => {
    const { error, asked, target } = await attempt(["no-ranges"], part);
    expect(error).toBeUndefined();
    expect(asked).toEqual([[`bytes=${half}-`]]);
    expect(await readFile(target)).toEqual(whole);
  });

  it("needs no request for a part that is whole", async () => {
    const { error, asked, names } = await attempt(["ranges"], { ...part, bytes: whole });
    expect([error, asked, names]).toEqual([undefined, [[]], [file.name]]);
  });

  it.each([
    ["wrong", Buffer.alloc(half, 1)],
    ["whole and wrong", Buffer.alloc(whole.length, 1)],
    ["too long", Buffer.alloc(whole.length + 5, 1)],
  ])("starts anew when what was left is %s", async (_, left) => {
    const { error, asked, target } = await attempt(["ranges"], { ...part, bytes: left });
    expect(error).toBeUndefined();
    expect(asked[0]?.at(-1)).toBe("whole");
    expect(await readFile(target)).toEqual(whole);
  });

  it.each([
    ["not-found", "whole", "answered 404"],
    ["cut-short", `bytes=${half}-`, "terminated"],
    ["stall", `bytes=${half}-`, "sent nothing for 1000 ms"],
    ["wrong-bytes", "whole", "sent other bytes: expected SHA-256"],
    ["too-long", "whole", `sent more than ${whole.length} bytes`],
    ["other-length", "whole", `has ${whole.length - 1} bytes, not ${whole.length}`],
  ] as const)("tries the next mirror after one that is %s", async (manner, secondRequest, reason) => {
    const recovered = await attempt([manner, "ranges"]);
    expect(recovered.error).toBeUndefined();
    expect(recovered.asked[1]).toEqual([secondRequest]);
    expect(await readFile(recovered.target)).toEqual(whole);
    const failed = await attempt([manner, "not-found"]);
    expect(failed.error).toContain(reason);
    expect(failed.error).toContain("answered 404");
    // Only good beginnings are kept.
    expect(failed.names).toEqual(secondRequest === "whole" ? [] : [`${file.name}.part`]);
  });

  it.each(["wrong-range", "wrong-total", "no-such-range"] as const)(
    "asks for the whole from a server whose answer to a range is %s",
    async (manner) => {
      const { error, asked, target, names } = await attempt([manner], part);
      expect([error, asked, names]).toEqual([undefined, [[`bytes=${half}-`, "whole"]], [file.name]]);
      expect(await readFile(target)).toEqual(whole);
    },
  );

  it("says so when there is no server", async () => {
    const { url } = await serveMirror(bytes, "ranges").then(async (mirror) => {
      await mirror[Symbol.asyncDispose]();
      return mirror;
    });
    const target = join(await emptyFolder(), file.name);
    await expect(downloadFile(file, target, { mirrors: [url], env: {} })).rejects.toThrow("ECONNREFUSED");
  });

  it("keeps the part when aborted", async () => {
    await using mirror = await serveMirror(bytes, "stall");
    const folder = await emptyFolder();
    const controller = new AbortController();
    const downloading = downloadFile(file, join(folder, file.name), {
      mirrors: [mirror.url],
      env: {},
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(downloading).rejects.toThrow("enough");
    expect(await readdir(folder)).toEqual([part.name]);
    expect((await readFile(join(folder, part.name))).length).toBe(half);
  });
});

describe("downloads at once", () => {
  it("into one folder do not disturb each other", async () => {
    await using mirror = await serveMirror(bytes, "ranges");
    const folder = await emptyFolder();
    await writeFile(join(folder, part.name), part.bytes);
    const target = join(folder, file.name);
    await Promise.all(
      Array.from({ length: 8 }, () => downloadFile(file, target, { mirrors: [mirror.url], env: {} })),
    );
    expect(await readdir(folder)).toEqual([file.name]);
    expect(await readFile(target)).toEqual(whole);
    expect(mirror.requests.filter((request) => request.includes("bytes=")).length).toBe(1);
  });

  it("take over the part of a dead process, not that of a live one", async () => {
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => dead.on("exit", resolve));
    const name = (processId: number | undefined) => `${file.name}.${processId}-0123456789ab.part`;
    const taken = await attempt(["ranges"], { name: name(dead.pid), bytes: part.bytes });
    expect(taken.asked).toEqual([[`bytes=${half}-`]]);
    expect(taken.names).toEqual([file.name]);
    const left = await attempt(["ranges"], { name: name(process.pid), bytes: part.bytes });
    expect(left.asked).toEqual([["whole"]]);
    expect(left.names).toEqual([file.name, name(process.pid)]);
  });

  it("passes on what the disk refuses, without asking another mirror", async () => {
    await using mirror = await serveMirror(bytes, "ranges");
    const folder = await emptyFolder();
    await mkdir(join(folder, file.name));
    await writeFile(join(folder, file.name, "in-the-way"), "");
    const downloading = downloadFile(file, join(folder, file.name), {
      mirrors: [mirror.url, mirror.url],
      env: {},
    });
    await expect(downloading).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  });
});
