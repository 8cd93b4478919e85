import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { idxBytes } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { DataError } from "../dataset/errors.js";
import { datasetFiles, emptyFolder, fileName, smallFolder, smallSet } from "../testing/idx-folder.js";
import type { DatasetFile } from "./fashion-mnist.js";
import { readIdxFolder } from "./idx-folder.js";

/** The small set with one file's packed bytes replaced. */
async function folderWith(file: DatasetFile, packed: Uint8Array): Promise<string> {
  const folder = await smallFolder();
  await writeFile(join(folder, fileName(file)), packed);
  return folder;
}

async function failure(folder: string): Promise<DataError> {
  const error: unknown = await readIdxFolder(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DataError)) throw new Error(`expected a DataError, got ${error}`);
  return error;
}

describe("readIdxFolder", () => {
  it("reads packed files", async () => {
    const folder = await smallFolder();
    const { train, test } = await readIdxFolder(folder);
    expect(train).toMatchObject({ name: folder, classes: 10, channels: 1, height: 2, width: 4, count: 3 });
    expect([...train.images.subarray(0, 3)]).toEqual([0, 10, 20]);
    expect([...train.labels]).toEqual([0, 9, 4]);
    expect([...test.labels]).toEqual([3, 7]);
    expect(train.classNames).toHaveLength(10);
    expect(train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("reads plain files, before packed ones", async () => {
    const folder = await smallFolder();
    const plain = join(folder, fileName("testLabels").replace(".gz", ""));
    await writeFile(plain, idxBytes([2], Uint8Array.of(8, 8)));
    expect([...(await readIdxFolder(folder)).test.labels]).toEqual([8, 8]);
    await writeFile(plain, idxBytes([2], Uint8Array.of(8, 8, 8)));
    expect((await failure(folder)).file).toBe(plain);
  });

  it("says that a folder is missing, or is a file", async () => {
    const folder = await emptyFolder();
    const missing = await failure(join(folder, "nowhere"));
    expect(missing).toMatchObject({ code: "NIN_DATA_MISSING", file: join(folder, "nowhere") });
    await writeFile(join(folder, "file"), "");
    expect((await failure(join(folder, "file"))).message).toContain("found a file");
  });

  it("reads no file that is a folder", async () => {
    const folder = await smallFolder();
    await mkdir(join(folder, fileName("trainImages").replace(".gz", "")));
    expect(await failure(folder)).toMatchObject({ code: "NIN_DATA" });
  });

  it("stops when aborted", async () => {
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(readIdxFolder(await smallFolder(), { signal })).rejects.toThrow("stop");
  });

  it("wants test images of the training images' size", async () => {
    const folder = await folderWith("testImages", gzipSync(idxBytes([2, 4, 2], new Uint8Array(16))));
    expect((await failure(folder)).message).toContain("expected images of 2 x 4 as in");
  });
});

describe.each(datasetFiles)("a folder whose %s", (file) => {
  const bytes = smallSet()[file];
  const packed = gzipSync(bytes);
  const brokenCrc = Buffer.from(packed);
  brokenCrc[packed.length - 8] = (brokenCrc[packed.length - 8] ?? 0) ^ 1;
  const brokenLength = Buffer.from(packed);
  brokenLength[packed.length - 4] = (brokenLength[packed.length - 4] ?? 0) ^ 1;
  const wrongMagic = Buffer.from(bytes);
  wrongMagic[3] = 2;

  it("is missing is refused", async () => {
    const folder = await smallFolder();
    await rm(join(folder, fileName(file)));
    const error = await failure(folder);
    expect(error.code).toBe("NIN_DATA_MISSING");
    expect(error.file).toBe(join(folder, fileName(file).replace(".gz", "")));
  });

  it.each([
    ["is empty", new Uint8Array(0), "found a truncated one"],
    ["is truncated by a byte", packed.subarray(0, -1), "found a truncated one"],
    ["is truncated to its half", packed.subarray(0, packed.length / 2), "found a truncated one"],
    ["has a wrong CRC", brokenCrc, "found one whose CRC is wrong"],
    ["has a wrong length field", brokenLength, "found one whose length field is wrong"],
    ["is not gzip", bytes, "found bytes that are not gzip"],
    [
      "has bytes after gzip's end",
      Buffer.concat([packed, Buffer.from("abc")]),
      "found bytes that are not gzip",
    ],
    [
      "has zeros after gzip's end",
      Buffer.concat([packed, Buffer.alloc(3)]),
      "found 3 more bytes after its end",
    ],
    ["is a byte short inside", gzipSync(bytes.subarray(0, -1)), `found ${bytes.length - 1} bytes`],
    ["is a byte long inside", gzipSync(Buffer.concat([bytes, Buffer.alloc(1)])), "found more bytes"],
    ["has a wrong magic", gzipSync(wrongMagic), "found 0x00000802"],
  ])("%s is refused", async (_, damaged, found) => {
    const error = await failure(await folderWith(file, damaged));
    expect(error).toMatchObject({ code: "NIN_DATA" });
    expect(error.file.endsWith(fileName(file))).toBe(true);
    expect(error.message).toContain(found);
  });
});

describe.each([
  ["trainLabels", 3],
  ["testLabels", 2],
] as const)("labels in %s", (file, count) => {
  it("make as many classes as the largest of both asks for", async () => {
    const labels = new Uint8Array(count).fill(9);
    labels[1] = 200;
    const { train, test } = await readIdxFolder(await folderWith(file, gzipSync(idxBytes([count], labels))));
    expect([train.classes, test.classes, train.classNames.at(-1)]).toEqual([201, 201, "200"]);
  });

  it.each([
    ["int8", 0x09, (value: number) => [value & 255]],
    ["int16", 0x0b, (value: number) => [(value >> 8) & 255, value & 255]],
    [
      "int32",
      0x0c,
      (value: number) => [(value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255],
    ],
  ])("are read as %s, and refused below 0", async (_, type, bytesOf) => {
    const folderOf = (labels: readonly number[]) =>
      folderWith(file, gzipSync(idxBytes([count], Uint8Array.from(labels.flatMap(bytesOf)), type)));
    const values = Array.from({ length: count }, (__, index) => 9 - index);
    const pair = await readIdxFolder(await folderOf(values));
    expect([...(file === "trainLabels" ? pair.train : pair.test).labels]).toEqual(values);
    const error = await failure(await folderOf(values.with(1, -1)));
    expect(error.message).toContain("expected labels from 0 to 65534, found -1 at 1");
  });

  it("of more than 256 classes are 16 bits wide", async () => {
    const bytes = Buffer.alloc(2 * count);
    bytes.writeInt16BE(300, 2);
    const { train, test } = await readIdxFolder(
      await folderWith(file, gzipSync(idxBytes([count], bytes, 0x0b))),
    );
    expect([train.classes, train.labels.constructor, test.labels.constructor]).toEqual([
      301,
      Uint16Array,
      Uint16Array,
    ]);
    expect((file === "trainLabels" ? train : test).labels[1]).toBe(300);
  });

  it.each([count - 1, count + 1])("of another number than the images are refused: %i", async (wrong) => {
    const error = await failure(await folderWith(file, gzipSync(idxBytes([wrong], new Uint8Array(wrong)))));
    expect(error.message).toContain("expected as many labels as there are images in ");
    expect(error.message).toContain(`, ${count}, found ${wrong}`);
    expect(error.file.endsWith(fileName(file))).toBe(true);
  });
});
