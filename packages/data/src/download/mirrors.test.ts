import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyFolder, publishedSmallSet } from "../testing/idx-folder.js";
import { type MirrorManner, serveMirror } from "../testing/mirror-server.js";
import { downloadFile } from "./download.js";
import { reasonOf } from "./errors.js";
import { mirrorFile, shownMirror, withoutSecrets } from "./mirror.js";
import type { Patience } from "./rate-watch.js";

const { files, bytes } = publishedSmallSet();
const file = files.trainImages;
const whole = bytes.get(file.name) ?? Buffer.alloc(0);
const partName = `${file.name}.part`;

/** Downloads from these mirrors alone; why not, or undefined, and what is in the folder. */
async function download(mirrors: readonly string[], options: Patience = {}, folder?: string) {
  const into = folder ?? (await emptyFolder());
  const error = await downloadFile(file, join(into, file.name), { mirrors, env: {}, ...options }).then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  return { error, names: (await readdir(into)).sort(), folder: into };
}

async function downloadFrom(manner: MirrorManner, options: Patience = {}) {
  await using mirror = await serveMirror(bytes, manner);
  const { error, names } = await download([mirror.url], options);
  return { error, names, ranges: mirror.requests.map((request) => request.split(" ")[1]) };
}

describe("a mirror that", () => {
  it("drips is given up, and what came is kept", async () => {
    const { error, names } = await downloadFrom("drip", { rateWindowMs: 300, minBytesPerSecond: 1000 });
    expect(error).toMatch(/ is too slow: sent \d+ bytes in 300 ms, fewer than 300$/);
    expect(names).toEqual([partName]);
  });

  it("drips fast enough is not", async () => {
    const slow = { rateWindowMs: 1000, minBytesPerSecond: 1 };
    expect(await downloadFrom("drip", slow)).toMatchObject({ error: undefined, names: [file.name] });
  });

  it("breaks off is asked for the rest while that brings something, five times at most", async () => {
    const quarter = Math.ceil(whole.length / 4);
    const ranges = ["whole", ...[1, 2, 3].map((times) => `bytes=${times * quarter}-`)];
    expect(await downloadFrom("quarters")).toEqual({ error: undefined, names: [file.name], ranges });
    const lost = await downloadFrom("one-byte");
    expect(lost.ranges).toEqual(["whole", "bytes=1-", "bytes=2-", "bytes=3-", "bytes=4-"]);
    expect(lost).toMatchObject({ names: [partName] });
    expect(lost.error).toContain("terminated: other side closed");
  });

  it("does not end its answer after the last byte has given all", async () => {
    const { error, names } = await downloadFrom("never-ends", { stallMs: 300 });
    expect([error, names]).toEqual([undefined, [file.name]]);
  });

  it.each([
    ["encoded", "sent content-encoding gzip, which was not requested"],
    ["redirects-in-a-circle", "fetch failed: redirect count exceeded"],
    ["endless-headers", "Headers Overflow Error"],
  ] as const)("is %s is given up", async (manner, reason) => {
    const { error, names } = await downloadFrom(manner);
    expect(error).toContain(reason);
    expect(names).toEqual([]);
  });

  it("answers with control characters has them escaped and cut", async () => {
    const { error } = await downloadFrom("hostile");
    expect(error).toMatch(/answered 404 (\\u009b31m)+.*\.\.\. \(\d+ characters\) \(\\u009b2J\)$/);
    expect(error?.length).toBeLessThan(1500);
  });

  it("is not there is named with the reason, also when it has several addresses", async () => {
    const closed = await serveMirror(bytes, "ranges");
    await closed[Symbol.asyncDispose]();
    expect((await download([closed.url])).error).toContain("fetch failed: connect ECONNREFUSED");
    const both = new AggregateError([new Error("connect ECONNREFUSED ::1:80"), new Error("another")]);
    expect(reasonOf(new TypeError("fetch failed", { cause: both }))).toBe(
      "fetch failed: connect ECONNREFUSED ::1:80",
    );
    const hostile = new Error(`no\u001b[31m http://user:secret@host/?sig=secret ${"x".repeat(1000)}`);
    const shown = reasonOf(new TypeError("fetch failed", { cause: hostile }));
    expect(shown).toMatch(
      /^fetch failed: no\\u001b\[31m http:\/\/\*\*\*@host\/\?\*\*\* x+\.\.\. \(\d+ characters\)$/,
    );
  });

  it("is no URL of the web is not asked", async () => {
    const { error } = await download(["ftp://host/", "no URL", "http://user:pa/ss@host/"]);
    const reason = "is not an http or https URL";
    expect(error).toBe(`ftp://host/ ${reason}; no URL ${reason}; a mirror ${reason}`);
  });
});

describe("secrets in a mirror's URL", () => {
  it("are sent to it, and stand in no message", async () => {
    await using mirror = await serveMirror(bytes, "ranges");
    const url = `${mirror.url.replace("//", "//us%40er:hunter%232@")}folder?token=abc123`;
    expect((await download([url])).error).toBeUndefined();
    const authorization = `Basic ${Buffer.from("us@er:hunter#2").toString("base64")}`;
    expect(mirror.asked).toEqual([{ path: `/folder/${file.name}?token=abc123`, authorization }]);
    await using missing = await serveMirror(bytes, "not-found");
    const { error } = await download([url.replace(mirror.url.slice(7, -1), missing.url.slice(7, -1))]);
    expect(error).toBe(`${missing.url.replace("//", "//***@")}folder?*** answered 404 Not Found`);
  });

  it.each([
    ["the same", 1],
    ["another", 0],
  ])("when redirected go to %s host or not", async (where, times) => {
    await using other = await serveMirror(bytes, "ranges");
    const asked: (string | undefined)[] = [];
    const redirecting = createServer((request, response) => {
      asked.push(request.headers.authorization);
      if (request.url?.startsWith("/moved/")) response.end(whole);
      else
        response
          .writeHead(302, { location: `${where === "another" ? other.url : "/moved/"}${file.name}` })
          .end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void redirecting.close());
    const address = redirecting.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect((await download([`http://user:password@127.0.0.1:${port}/`])).error).toBeUndefined();
    expect(asked).toEqual(Array(1 + times).fill("Basic dXNlcjpwYXNzd29yZA=="));
    expect(other.asked).toEqual(times === 1 ? [] : [{ path: `/${file.name}`, authorization: undefined }]);
  });

  it.each([
    ["https://host/a", "https://host/a"],
    ["https://user:password@host/a?sig=secret#secret", "https://***@host/a?***"],
    ["https://token@host", "https://***@host/"],
    ["https://host?sig=secret", "https://host/?***"],
    ["/a/relative?sig=secret", "a mirror"],
  ])("%s is shown as %s", (mirror, shown) => {
    expect(shownMirror(mirror)).toBe(shown);
  });

  it("are found in any text", () => {
    expect(withoutSecrets("at http://u:p@h:1/x?y=z, and socks5://q@r failed (a@b? c)")).toBe(
      "at http://***@h:1/x?*** and socks5://***@r failed (a@b? c)",
    );
  });

  it("may hold a percent sign", () => {
    expect(mirrorFile("http://a:100%25%@h/", "f")).toEqual({
      url: "http://h/f",
      authorization: `Basic ${Buffer.from("a:100%25%").toString("base64")}`,
    });
  });
});

describe("parts", () => {
  const part = whole.subarray(0, 20);

  it("that are links, files of two names or folders are left alone", async () => {
    await using mirror = await serveMirror(bytes, "drip");
    for (const kind of ["link", "two names", "folder"]) {
      const folder = await emptyFolder();
      const precious = join(await emptyFolder(), "precious");
      await writeFile(precious, "precious");
      const inTheWay = join(folder, partName);
      if (kind === "link") await symlink(precious, inTheWay);
      if (kind === "two names") await link(precious, inTheWay);
      if (kind === "folder") await mkdir(inTheWay);
      const impatient = { rateWindowMs: 100, minBytesPerSecond: 1000 };
      const { error, names } = await download([mirror.url], impatient, folder);
      expect(error).toContain("too slow");
      expect(await readFile(precious, "utf8")).toBe("precious");
      if (kind === "link") expect(await readlink(inTheWay)).toBe(precious);
      if (kind === "folder") expect((await lstat(inTheWay)).isDirectory()).toBe(true);
      // What came is kept under its own name, or took the place of a name of the other file.
      expect(names).toHaveLength(kind === "two names" ? 1 : 2);
    }
  });

  it.runIf(process.platform === "linux")("of a zombie are taken over", async () => {
    // A shell that becomes another program does not wait for what it has started, which ends only then.
    const child = '(until [ "$(cat /proc/$$/comm)" = sleep ]; do sleep 0.01; done)';
    const parent = spawn("sh", ["-c", `${child} & echo $!; exec sleep 30`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void parent.kill());
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const zombie = line.toString().trim();
    const state = async () => /\) (\w)/.exec(await readFile(`/proc/${zombie}/stat`, "latin1"))?.[1];
    await expect.poll(state, { timeout: 5000 }).toBe("Z");
    expect(await askedWith(`${file.name}.${zombie}-0123456789ab.part`, new Date())).toBe("bytes=20-");
  });

  it("of a process that has long not written are taken over, as its number may be another's now", async () => {
    const name = `${file.name}.${process.pid}-0123456789ab.part`;
    expect(await askedWith(name, new Date())).toBe("whole");
    expect(await askedWith(name, new Date(Date.now() - 3_700_000))).toBe("bytes=20-");
  });

  it("that nobody will go on with are removed once the file is there", async () => {
    await using mirror = await serveMirror(bytes, "ranges");
    const folder = await emptyFolder();
    const alive = `${file.name}.${process.pid}-0123456789ab.part`;
    for (const name of [partName, `${file.name}.4194305-0123456789ab.part`, alive, `${file.name}.txt`]) {
      await writeFile(join(folder, name), part);
    }
    const { names } = await download([mirror.url], {}, folder);
    expect(names).toEqual([file.name, alive, `${file.name}.txt`].sort());
  });

  async function askedWith(name: string, written: Date) {
    await using mirror = await serveMirror(bytes, "ranges");
    const folder = await emptyFolder();
    await writeFile(join(folder, name), part);
    await utimes(join(folder, name), written, written);
    expect((await download([mirror.url], {}, folder)).error).toBeUndefined();
    return mirror.requests[0]?.split(" ")[1];
  }
});
