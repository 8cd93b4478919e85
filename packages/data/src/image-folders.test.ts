import { chmod, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { present, splitPositions } from "@nin/spec";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { byCodePoints } from "./dataset/classes.js";
import { isInMemory, readImages } from "./dataset/dataset.js";
import { inspectDataset } from "./inspect-dataset.js";
import { loadDataset } from "./load-dataset.js";
import { listCsv } from "./pictures/csv.js";
import { listImageFolder } from "./pictures/image-folder.js";
import type { BrokenImage } from "./pictures/picture-stream.js";
import { emptyFolder } from "./testing/idx-folder.js";
import { grey, type Tree, writeTree } from "./testing/tree.js";

async function folderOf(tree: Tree): Promise<string> {
  const folder = await emptyFolder();
  await writeTree(folder, tree);
  return folder;
}

/** Paths and labels of the training files. */
async function listed(tree: Tree): Promise<readonly string[]> {
  const folder = await folderOf(tree);
  const { train, classNames } = await listImageFolder(folder);
  return train.map(({ path, label }) => `${relative(folder, path)} ${classNames[label]}`);
}

describe("a folder of pictures", () => {
  it("is ordered by code points, the classes in turn", async () => {
    const names = ["b", "B", "\u00e9", "\u{1f600}", "\uff5e", "a b", "10", "9"];
    const files = names.flatMap((name) => [`${name}/2.png`, `${name}/10.png`]);
    const order = ["10", "9", "B", "a b", "\u00e9", "\uff5e", "\u{1f600}"];
    const tree = Object.fromEntries(
      files.filter((path) => !path.startsWith("b/")).map((path) => [path, grey(1)]),
    );
    expect(await listed(tree)).toEqual([
      ...order.map((name) => `${name}/10.png ${name}`),
      ...order.map((name) => `${name}/2.png ${name}`),
    ]);
    expect([...names].sort(byCodePoints).at(-1)).toBe("\u{1f600}");
    expect([...names].sort().at(-1)).toBe("\uff5e");
  });

  it("takes what is nested and linked, and passes over hidden and other files", async () => {
    const tree: Tree = {
      ".git/1.png": grey(1),
      "__MACOSX/cat/1.png": grey(1),
      ".DS_Store": "x",
      "README.md": "x",
      "cat/a/b/1.PNG": grey(1),
      "cat/.hidden.png": grey(1),
      "cat/Thumbs.db": "x",
      "cat/notes.txt": "x",
      "cat/linked.png": { link: "../dog/1.jpeg" },
      "cat/more": { link: "../../other" },
      "dog/1.jpeg": grey(2),
    };
    const parent = await folderOf(
      Object.fromEntries(Object.entries(tree).map(([path, content]) => [`set/${path}`, content])),
    );
    await writeTree(parent, { "other/3.webp": grey(3) });
    const { train, notes, classNames, test } = await listImageFolder(join(parent, "set"));
    expect([classNames, test]).toEqual([["cat", "dog"], undefined]);
    expect(train.map(({ path }) => relative(join(parent, "set"), path))).toEqual([
      "cat/a/b/1.PNG",
      "dog/1.jpeg",
      "cat/linked.png",
      "cat/more/3.webp",
    ]);
    expect(notes).toEqual([`${join(parent, "set/cat/notes.txt")} is no image and is not read.`]);
  });

  it.each([
    ["train and test", ["train/a/1.png", "train/b/1.png", "test/a/1.png"], "train/a/1.png a", true],
    ["train alone", ["train/a/1.png", "train/b/1.png"], "train/a/1.png a", false],
    ["classes called train and car", ["train/1.png", "car/1.png"], "car/1.png car", false],
    ["classes called test and car", ["test/1.png", "car/1.png"], "car/1.png car", false],
  ])("may have %s", async (_, paths, first, isSplit) => {
    const folder = await folderOf(Object.fromEntries(paths.map((path) => [path, grey(1)])));
    const { train, test, classNames } = await listImageFolder(folder);
    const [file] = train;
    const { path, label } = present(file);
    expect(`${relative(folder, path)} ${classNames[label]}`).toBe(first);
    expect(test !== undefined).toBe(isSplit);
  });

  it("says which folders next to train and test are not read", async () => {
    const folder = await folderOf({
      "train/a/1.png": grey(1),
      "train/b/1.png": grey(1),
      "test/a/1.png": grey(1),
      "val/a/1.png": grey(1),
    });
    expect((await listImageFolder(folder)).notes).toEqual([
      `${join(folder, "val")} is not read: only train and test are.`,
    ]);
  });

  it("is split as splitPositions says, always the same", async () => {
    const tree = Object.fromEntries(
      Array.from({ length: 23 }, (_, index) => [
        `${index % 2 === 0 ? "a" : "b"}/${String(index).padStart(2, "0")}.png`,
        grey(index),
      ]),
    );
    const folder = await folderOf(tree);
    const { train, test } = await loadDataset(folder, { channels: 1 });
    const { kept, taken } = splitPositions(23, 0.2, 0, "test");
    const valueAt = (images: Uint8Array, count: number) =>
      Array.from({ length: count }, (_, index) => images[16 * index]);
    // The classes alternate, so that the position is the file's number.
    expect(valueAt(test.images, test.count)).toEqual([...taken]);
    expect(valueAt(train.images, train.count)).toEqual([...kept]);
    expect((await loadDataset(folder, { testFraction: 0.5 })).test.count).toBe(12);
    const limited = await loadDataset(folder, { limit: 3, channels: 1 });
    expect(valueAt(limited.train.images, limited.train.count)).toEqual([...kept.subarray(0, 3)]);
    expect(limited.test.count).toBe(5);
  });
});

describe("skipBroken", () => {
  const good: Tree = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `${index % 2 === 0 ? "a" : "b"}/${String(index).padStart(2, "0")}.png`,
      grey(index),
    ]),
  );
  const bad: Tree = {
    "a/00-first.png": "x",
    "a/05.gif": "GIF89a",
    "b/99.jpg": "",
    "b/98.png": { link: "nowhere" },
  };

  it("reports broken images in their order, however long each takes", async () => {
    const large = { create: { width: 3000, height: 3000, channels: 3, background: "grey" } } as const;
    const truncated = (await sharp(large).png().toBuffer()).subarray(0, -100);
    const short = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`train/a/1${index}.png`, "x"]));
    const tree = {
      "train/a/00.png": truncated,
      ...short,
      "train/a/20.png": grey(1),
      "train/b/1.png": grey(1),
      "test/a/1.png": grey(1),
    };
    const folder = await folderOf(tree);
    const { broken } = await loadDataset(folder, {
      imageSize: { height: 4, width: 4 },
      skipBroken: true,
    });
    expect(broken.map(({ path }) => relative(folder, path))).toEqual([
      "train/a/00.png",
      ...Object.keys(short),
    ]);
  });

  it.each([1e9, 64])(
    "is as if broken images were not there, with %d bytes of memory",
    async (dataMemoryBytes) => {
      const folder = await folderOf({ ...good, ...bad });
      const clean = await loadDataset(await folderOf(good), { channels: 1 });
      const reported: BrokenImage[] = [];
      const cacheFolder = await emptyFolder();
      const options = { channels: 1, skipBroken: true, dataMemoryBytes, cacheFolder };
      const loaded = await loadDataset(folder, { ...options, onBroken: (each) => reported.push(each) });
      expect(isInMemory(loaded.train)).toBe(dataMemoryBytes === 1e9);
      const every = Uint32Array.from(loaded.train.labels, (_, index) => index);
      expect(await readImages(loaded.train, every)).toEqual(new Uint8Array(clean.train.images));
      expect([...loaded.test.labels]).toEqual([...clean.test.labels]);
      expect(loaded.broken).toEqual(reported);
      expect(reported.map(({ path }) => relative(folder, path)).sort()).toEqual(Object.keys(bad).sort());
      expect(reported.every(({ path, problem }) => problem.startsWith(`${path}: expected `))).toBe(true);
      // The second time nothing is decoded twice to find them.
      const again = await loadDataset(folder, options);
      expect(again.broken).toEqual(reported);
      const remembered = (await readdir(cacheFolder, { recursive: true })).filter((name) =>
        name.endsWith(".broken.json"),
      );
      expect(remembered.length).toBe(dataMemoryBytes === 1e9 ? 0 : 1);
    },
  );
});

it("a list keeps its rows' order, and finds files relative to itself", async () => {
  const folder = await folderOf({
    "pictures/one two.png": grey(1),
    "pictures/\u00e9.png": grey(2),
    "lists/mine.csv":
      '\ufeffsplit,label,extra,path\r\ntrain,"b, ""big""",1,../pictures/one two.png\r\n\r\ntest,a,2,"../pictures/\u00e9.png"\r\ntrain,a,3,../pictures/\u00e9.png\r\n',
  });
  const { train, test, classNames } = await listCsv(join(folder, "lists/mine.csv"));
  expect(classNames).toEqual(["a", 'b, "big"']);
  expect(train).toEqual([
    { path: join(folder, "pictures/one two.png"), label: 1 },
    { path: join(folder, "pictures/\u00e9.png"), label: 0 },
  ]);
  expect(test).toEqual([{ path: join(folder, "pictures/\u00e9.png"), label: 0 }]);
});

describe("inspectDataset", () => {
  it("counts classes, sizes, duplicates and broken files", async () => {
    const folder = await folderOf({
      "train/a/1.png": grey(0),
      "train/a/2.png": grey(0),
      "train/b/1.png": grey(255, 2),
      "train/b/2.png": "x",
      "test/b/1.png": grey(255, 2),
    });
    const found = await inspectDataset(folder);
    expect(found).toMatchObject({
      ...{ name: folder, format: "image-folder", classNames: ["a", "b"], channels: 1, size: undefined },
      train: { count: 3, perClass: [2, 1] },
      test: { count: 1, perClass: [0, 1] },
      extremes: { smallest: { height: 2, width: 2 }, largest: { height: 4, width: 4 } },
      ...{ duplicates: 2, leaked: 1, broken: [{ path: join(folder, "train/b/2.png") }], notes: [] },
    });
    // 32 black pixels and 8 white ones.
    expect([...found.mean, ...found.std]).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.4, 12)]);
  });

  it("looks at images of the synthetic set, and at no split where there is none", async () => {
    const synthetic = await inspectDataset("synthetic");
    expect(synthetic).toMatchObject({ format: "synthetic", channels: 1, size: { height: 28, width: 28 } });
    expect(synthetic.train.count + (synthetic.test?.count ?? 0)).toBe(7000);
    const folder = await folderOf({ "a/1.png": grey(1), "b/1.png": grey(2) });
    expect((await inspectDataset(folder)).test).toBeUndefined();
  });
});

it.runIf(process.getuid?.() !== 0)("an image that may not be read is broken", async () => {
  const folder = await folderOf({ "a/1.png": grey(1), "b/1.png": grey(2), "b/2.png": grey(2) });
  await chmod(join(folder, "b/2.png"), 0);
  await expect(loadDataset(folder)).rejects.toThrow(
    "2.png: expected an image file, found one that cannot be read: permission denied",
  );
});
