import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  idxBytes,
  SHAPES,
  shapeSet,
  writeShapeCifar,
  writeShapeCsv,
  writeShapeFolder,
  writeShapeIdx,
} from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { type ImageDataset, type ImageSource, isInMemory, readImages } from "./dataset/dataset.js";
import { loadDataset } from "./load-dataset.js";
import { loadImageFolder } from "./loading/load-pictures.js";
import { emptyFolder } from "./testing/idx-folder.js";

const SIZE_32 = { height: 32, width: 32 };
const WRITERS = {
  "image-folder": writeShapeFolder,
  csv: writeShapeCsv,
  idx: writeShapeIdx,
  "cifar-10": writeShapeCifar,
};
const FORMATS = Object.keys(WRITERS) as readonly (keyof typeof WRITERS)[];

function everything({ count }: ImageSource): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

describe("the same images in each format", () => {
  const set = shapeSet({ train: 20, test: 7 }, 32);

  it.each(FORMATS)("are the same bytes from %s", async (format) => {
    const folder = await emptyFolder();
    await WRITERS[format](folder, set);
    const { train, test, format: found, hasNamedClasses } = await loadDataset(folder);
    expect([found, hasNamedClasses]).toEqual([format, format === "image-folder" || format === "csv"]);
    const name = format === "csv" ? join(folder, "images.csv") : folder;
    expect(train).toMatchObject({ name, channels: 3, ...SIZE_32, classes: 3, count: 20 });
    expect(train.classNames).toEqual(format === "idx" ? ["0", "1", "2"] : SHAPES);
    for (const [split, pictures] of [
      [train, set.train],
      [test, set.test],
    ] as const) {
      expect([...split.labels]).toEqual(pictures.map(({ label }) => label));
      const planar = pictures.flatMap(({ pixels }) =>
        [0, 1, 2].flatMap((channel) => [...pixels].filter((_, index) => index % 3 === channel)),
      );
      expect(Buffer.from(split.images).equals(Buffer.from(planar))).toBe(true);
    }
  });

  it.each(FORMATS)("are the same in a file, in grey, and cut short, from %s", async (format) => {
    const folder = await emptyFolder();
    await WRITERS[format](folder, set);
    const inMemory = await loadDataset(folder);
    const cacheFolder = await emptyFolder();
    const stored = await loadDataset(folder, { dataMemoryBytes: 3 * 1024 * 10, cacheFolder });
    expect([isInMemory(stored.train), isInMemory(stored.test)]).toEqual([false, true]);
    expect(await readImages(stored.train, everything(stored.train))).toEqual(
      new Uint8Array(inMemory.train.images),
    );
    expect([...stored.train.labels]).toEqual([...inMemory.train.labels]);
    if (!isInMemory(stored.train)) await stored.train.dispose?.();

    const grey = await loadDataset(folder, { channels: 1 });
    const [red = 0, green = 0, blue = 0] = [0, 1024, 2048].map((plane) => inMemory.train.images[plane]);
    expect(grey.train).toMatchObject({ channels: 1, count: 20 });
    expect(grey.train.images.length).toBe(20 * 1024);
    expect(grey.train.images[0]).toBe((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16);
    const greyStored = await loadDataset(folder, { channels: 1, dataMemoryBytes: 1, cacheFolder });
    expect(await readImages(greyStored.train, everything(grey.train))).toEqual(
      new Uint8Array(grey.train.images),
    );

    for (const dataMemoryBytes of [1, 1e9]) {
      const short = await loadDataset(folder, { limit: 4, dataMemoryBytes, cacheFolder });
      expect([short.train.count, short.test.count, ...short.train.labels]).toEqual([4, 7, 0, 1, 2, 0]);
      expect(await readImages(short.train, everything(short.train))).toEqual(
        new Uint8Array(inMemory.train.images.subarray(0, 4 * 3072)),
      );
    }
  });
});

describe("IDX", () => {
  const images = idxBytes(
    [3, 2, 2],
    Uint8Array.from({ length: 12 }, (_, index) => index),
  );
  const labels = idxBytes([3], Uint8Array.of(1, 0, 1));

  it.each([
    [
      "plain, with dots",
      "train-images.idx3-ubyte",
      "train-labels.idx1-ubyte",
      "t10k-images.idx3-ubyte",
      "t10k-labels.idx1-ubyte",
    ],
    [
      "packed",
      "train-images-idx3-ubyte.gz",
      "train-labels-idx1-ubyte.gz",
      "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
    ],
    [
      "EMNIST's",
      "emnist-letters-train-images-idx3-ubyte.gz",
      "emnist-letters-train-labels-idx1-ubyte.gz",
      "emnist-letters-test-images-idx3-ubyte",
      "emnist-letters-test-labels-idx1-ubyte",
    ],
  ])("is read under names that are %s", async (_, ...names) => {
    const folder = await emptyFolder();
    for (const name of names) {
      const bytes = /images/.test(name) ? images : labels;
      await writeFile(join(folder, name), name.endsWith(".gz") ? gzipSync(bytes) : bytes);
    }
    for (const dataMemoryBytes of [1, 1e9]) {
      const { train, test } = await loadDataset(folder, {
        dataMemoryBytes,
        cacheFolder: await emptyFolder(),
      });
      expect([train.classes, train.count, test.count]).toEqual([2, 3, 3]);
      expect([...(await readImages(train, Uint32Array.of(2)))]).toEqual([8, 9, 10, 11]);
    }
  });
});

describe("CIFAR", () => {
  it("takes CIFAR-100's fine labels, and numbers where there are no names", async () => {
    const folder = await emptyFolder();
    const record = (coarse: number, fine: number, value: number) =>
      Buffer.concat([Buffer.of(coarse, fine), Buffer.alloc(3072, value)]);
    await writeFile(join(folder, "train.bin"), Buffer.concat([record(1, 99, 7), record(2, 3, 8)]));
    await writeFile(join(folder, "test.bin"), record(1, 0, 9));
    const { train, test, format } = await loadDataset(folder);
    expect([format, train.classes, train.classNames[99], ...train.labels]).toEqual([
      "cifar-100",
      100,
      "99",
      99,
      3,
    ]);
    expect([train.images[3071], train.images[3072], test.images[0], test.count]).toEqual([7, 8, 9, 1]);
    await writeFile(
      join(folder, "fine_label_names.txt"),
      `${Array.from({ length: 100 }, (_, index) => `name ${index}`).join("\r\n")}\n`,
    );
    expect((await loadDataset(folder)).train.classNames[3]).toBe("name 3");
  });

  it("takes the batches in the order of their numbers", async () => {
    const folder = await emptyFolder();
    for (let batch = 1; batch <= 11; batch += 1) {
      const record = Buffer.concat([Buffer.of(batch % 10), Buffer.alloc(3072, batch)]);
      await writeFile(join(folder, `data_batch_${batch}.bin`), record);
    }
    await writeFile(join(folder, "test_batch.bin"), Buffer.alloc(3073));
    const { train } = await loadDataset(folder);
    expect([...train.labels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(train.images[3072 * 10]).toBe(11);
  });
});

it("loads a folder of pictures by name", async () => {
  const folder = await emptyFolder();
  await mkdir(folder, { recursive: true });
  await writeShapeFolder(folder, shapeSet({ train: 6, test: 3 }));
  const { train } = await loadImageFolder(folder, { imageSize: { height: 8, width: 12 }, channels: 1 });
  expect(train).toMatchObject({ channels: 1, height: 8, width: 12 } satisfies Partial<ImageDataset>);
});
