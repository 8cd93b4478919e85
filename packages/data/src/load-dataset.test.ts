import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { firstImages } from "./dataset/subset.js";
import { type CachedSet, fillCache, readCachedSet } from "./download/cached-set.js";
import { fashionMnistFiles } from "./idx/fashion-mnist.js";
import { fetchFashionMnist, loadDataset } from "./load-dataset.js";
import { emptyFolder, fileName, publishedSmallSet, smallFolder } from "./testing/idx-folder.js";
import { serveMirror } from "./testing/mirror-server.js";

const published = publishedSmallSet();

async function smallSetAt(url: string): Promise<CachedSet> {
  const folder = join(await emptyFolder(), "new");
  return {
    name: "small",
    classNames: Array(10).fill("a class"),
    folder,
    files: published.files,
    mirrors: [url],
    env: {},
  };
}

describe("loadDataset", () => {
  it("draws the synthetic set", async () => {
    const { train, test } = await loadDataset("synthetic");
    expect([train.name, train.count, test.count]).toEqual(["synthetic", 6000, 1000]);
  });

  it("looks for Fashion-MNIST in NIN_DATA_DIR alone when that is set", async () => {
    await using mirror = await serveMirror(published.bytes, "ranges");
    const empty = await emptyFolder();
    const options = { mirrors: [mirror.url], cacheFolder: empty, env: { NIN_DATA_DIR: await smallFolder() } };
    expect((await loadDataset("fashion-mnist", options)).train.count).toBe(3);
    const missing = loadDataset("fashion-mnist", { ...options, env: { NIN_DATA_DIR: empty } });
    await expect(missing).rejects.toMatchObject({ code: "NIN_DATA_MISSING" });
    expect([mirror.requests, await readdir(empty)]).toEqual([[], []]);
  });

  it("looks in a folder alone when one is given", async () => {
    const env = { NIN_DATA_DIR: await smallFolder() };
    await expect(loadDataset(await emptyFolder(), { env })).rejects.toMatchObject({
      code: "NIN_DATA_MISSING",
    });
    await expect(loadDataset("nowhere", { env })).rejects.toThrow(
      "nowhere: expected a folder of images (or of IDX or CIFAR files), or a .csv, found nothing",
    );
    await expect(loadDataset("", { env })).rejects.toMatchObject({ code: "NIN_DATA_OPTION" });
  });

  it("without a network says what each mirror did, with a code to fall back by", async () => {
    await using mirror = await serveMirror(new Map(), "not-found");
    const options = {
      mirrors: [mirror.url, mirror.url],
      cacheFolder: await emptyFolder(),
      env: { NIN_DATA_DIR: "" },
    };
    const loading = loadDataset("fashion-mnist", options);
    await expect(loading).rejects.toMatchObject({ code: "NIN_DATA_DOWNLOAD" });
    await expect(loading).rejects.toThrow(/train-images-idx3-ubyte\.gz: expected 26421880 bytes.*404.*404/);
  });

  it("does nothing when already aborted", async () => {
    const options = { signal: AbortSignal.abort(new Error("stop")) };
    for (const source of ["synthetic", "fashion-mnist", "nowhere"]) {
      await expect(loadDataset(source, options)).rejects.toThrow("stop");
    }
  });

  it("downloads the real files, and then reads them from the cache", { timeout: 30_000 }, async ({
    skip,
  }) => {
    const data = process.env.NIN_DATA_DIR;
    if (!data) return lacking("data", "NIN_DATA_DIR is not set", skip);
    const names = Object.values(fashionMnistFiles).map(({ name }) => name);
    const real = await Promise.all(
      names.map(async (name) => [name, await readFile(join(data, name))] as const),
    );
    await using mirror = await serveMirror(new Map(real), "ranges");
    const options = { mirrors: [mirror.url], cacheFolder: await emptyFolder(), env: {} };
    expect((await fetchFashionMnist(options)).downloaded).toEqual(names);
    expect((await fetchFashionMnist(options)).downloaded).toEqual([]);
    const { train, test } = await loadDataset("fashion-mnist", options);
    expect(train).toMatchObject({ name: "fashion-mnist", count: 60_000, height: 28, width: 28 });
    expect(test.count).toBe(10_000);
    expect(train.classNames[train.labels[0] ?? -1]).toBe("Ankle boot");
    expect(mirror.requests.length).toBe(4);
    expect((await loadDataset(data)).test.name).toBe("fashion-mnist");
  });

  it("calls a folder Fashion-MNIST when all of it is", { timeout: 60_000 }, async ({ skip }) => {
    const data = process.env.NIN_DATA_DIR;
    if (!data) return lacking("data", "NIN_DATA_DIR is not set", skip);
    const folder = await emptyFolder();
    const contents = new Map<string, Buffer>();
    for (const { name } of Object.values(fashionMnistFiles)) {
      const plain = name.replace(".gz", "");
      const bytes = await readFile(join(data, plain)).catch(() => undefined);
      contents.set(plain, bytes ?? gunzipSync(await readFile(join(data, name))));
      await writeFile(join(folder, plain), contents.get(plain) ?? "");
    }
    const whole = await loadDataset(folder);
    expect([whole.train.name, whole.train.classNames[9]]).toEqual(["fashion-mnist", "Ankle boot"]);
    expect(firstImages(whole.train, 100)).toMatchObject({ name: "fashion-mnist", count: 100 });
    // A pixel, or a training label, is another's.
    for (const [plain, bytes] of contents) {
      if (plain.startsWith("t10k-labels")) continue;
      const other = Buffer.from(bytes);
      other.writeUInt8(bytes.readUInt8(bytes.length - 1) === 0 ? 1 : 0, bytes.length - 1);
      await writeFile(join(folder, plain), other);
      const { train, test } = await loadDataset(folder);
      expect([train.name, test.name, train.classNames[9]]).toEqual([folder, folder, "9"]);
      await writeFile(join(folder, plain), bytes);
    }
  });
});

describe("readCachedSet", () => {
  it("downloads into a new folder, then reads it without the network", async () => {
    await using mirror = await serveMirror(published.bytes, "ranges");
    const set = await smallSetAt(mirror.url);
    expect((await readCachedSet(set)).train).toMatchObject({ name: "small", count: 3 });
    expect((await readCachedSet({ ...set, mirrors: [] })).test.count).toBe(2);
    expect(mirror.requests.length).toBe(4);
  });

  it("replaces a file that is not the published one, or names it", async () => {
    await using mirror = await serveMirror(published.bytes, "ranges");
    const set = await smallSetAt(mirror.url);
    await readCachedSet(set);
    const damaged = join(set.folder, fileName("testLabels"));
    await writeFile(damaged, "damaged");
    const loading = readCachedSet({ ...set, mirrors: [] });
    await expect(loading).rejects.toMatchObject({ code: "NIN_DATA_DOWNLOAD", file: damaged });
    await expect(loading).rejects.toThrow(/expected \d+ bytes with SHA-256 .* found 7 bytes with SHA-256 /);
    expect(await fillCache(set)).toEqual([fileName("testLabels")]);
    expect((await readCachedSet({ ...set, mirrors: [] })).test.count).toBe(2);
  });

  it.each(["pipe", "folder"])(
    "asks for nothing when a %s is in a file's place, and leaves it",
    async (kind) => {
      await using mirror = await serveMirror(published.bytes, "ranges");
      const set = await smallSetAt(mirror.url);
      const place = join(set.folder, fileName("trainImages"));
      await mkdir(kind === "folder" ? place : set.folder, { recursive: true });
      if (kind === "pipe") execFileSync("mkfifo", [place]);
      const loading = readCachedSet(set);
      await expect(loading).rejects.toMatchObject({ code: "NIN_DATA_CACHE", file: place });
      await expect(loading).rejects.toThrow(
        `or nothing, found what cannot be read: expected a file, found a ${kind}`,
      );
      const info = await lstat(place);
      expect([info.isFIFO(), info.isDirectory(), mirror.requests]).toEqual([
        kind === "pipe",
        kind === "folder",
        [],
      ]);
    },
  );

  it("replaces a link to what is not the published file, and reads one to what is", async () => {
    await using mirror = await serveMirror(published.bytes, "ranges");
    const set = await smallSetAt(mirror.url);
    await readCachedSet(set);
    const place = join(set.folder, fileName("testLabels"));
    const elsewhere = join(await emptyFolder(), "elsewhere");
    await rename(place, elsewhere);
    await symlink(elsewhere, place);
    expect((await readCachedSet({ ...set, mirrors: [] })).test.count).toBe(2);
    await writeFile(elsewhere, "precious");
    expect((await readCachedSet(set)).test.count).toBe(2);
    expect(await readFile(elsewhere, "utf8")).toBe("precious");
    expect((await lstat(place)).isFile()).toBe(true);
  });

  it.runIf(process.platform === "linux")("says that there are no folders to be made in /proc", async () => {
    const set = { ...(await smallSetAt("http://127.0.0.1:1/")), folder: "/proc/none/nin/small" };
    await expect(readCachedSet(set)).rejects.toMatchObject({ code: "NIN_DATA_CACHE", file: set.folder });
  });

  it("says that the cache cannot be written", async () => {
    const file = join(await emptyFolder(), "file");
    await writeFile(file, "");
    const set = { ...(await smallSetAt("http://127.0.0.1:1/")), folder: join(file, "below") };
    await expect(readCachedSet(set)).rejects.toMatchObject({ code: "NIN_DATA_CACHE", file: set.folder });
  });
});
