import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import {
  IDX_FILES,
  type IdxFile,
  idxBytes,
  newFolder,
  smallIdxFiles,
  smallNinJson,
  writeIdxFolder,
} from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectProcessRefused, expectRefused } from "../testing/refusal.js";
import { dataSource, downloadNotes } from "./data-source.js";

const files = smallIdxFiles(20, 10);
const names = Object.keys(IDX_FILES) as readonly IdxFile[];

let folder: string;
let small: string;
beforeAll(async () => {
  folder = await newFolder();
  small = join(folder, "small.json");
  await writeFile(small, JSON.stringify(smallNinJson));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A data set with one file replaced or missing. */
async function dataWith(file: IdxFile, bytes: Uint8Array | undefined): Promise<string> {
  const data = join(folder, `data-${counter++}`);
  const { [file]: _replaced, ...others } = files;
  await writeIdxFolder(data, bytes === undefined ? others : { ...others, [file]: bytes });
  return data;
}
let counter = 0;

function withByte(bytes: Buffer, position: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[position] = value;
  return changed;
}

const train = (data: string): readonly string[] => ["train", small, "--data", data, "--out", "run"];

describe.each(names)("a data set is refused whose %s are", (file) => {
  const bytes = files[file];
  it.each([
    ["missing", undefined, "found"],
    ["truncated", bytes.subarray(0, bytes.length - 1), `expected ${bytes.length} bytes for dimensions`],
    ["empty", Buffer.alloc(0), "expected an IDX header"],
    ["followed by another byte", Buffer.concat([bytes, Buffer.of(0)]), `found ${bytes.length + 1} bytes`],
    ["of another type", withByte(bytes, 2, 0x0d), "expected IDX magic"],
    ["fewer than they say", withByte(bytes, 7, 30), "for dimensions 30"],
  ])("%s", async (_name, replaced, line) => {
    const data = await dataWith(file, replaced);
    await expectRefused(train(data), line);
    await expectRefused(train(data), IDX_FILES[file]);
  });

  it("truncated, in a process", async () => {
    const data = await dataWith(file, bytes.subarray(0, 12));
    await expectProcessRefused(train(data), `nin: ${join(data, IDX_FILES[file])}: expected `);
  });
});

describe("a data set is refused", () => {
  it.each(["trainLabels", "testLabels"] as const)(
    "with a label in %s that the network has no score for",
    async (file) => {
      const data = await dataWith(file, withByte(files[file], 8 + 3, 10));
      const line = `nin: ${small} has 10 scores, and ${data} has 11 classes: expected one score for each`;
      await expectProcessRefused(train(data), line);
    },
  );

  it("with more images than labels", async () => {
    const data = await dataWith("testLabels", idxBytes([9], new Uint8Array(9)));
    await expectRefused(train(data), "9");
  });

  it("whose gzip file is damaged", async () => {
    const data = await dataWith("testImages", undefined);
    const packed = gzipSync(files.testImages);
    const path = join(data, `${IDX_FILES.testImages}.gz`);
    await writeFile(path, packed.subarray(0, packed.length - 10));
    await expectRefused(train(data), `${path}: expected a whole gzip file, found a truncated one`);
    await writeFile(path, withByte(packed, packed.length - 5, 1));
    await expectProcessRefused(train(data), `${path}: expected a whole gzip file, found one whose`);
  });

  it("that is not there, by --data and by NIN_DATA_DIR", async () => {
    const missing = join(folder, "missing");
    await expectRefused(
      train(missing),
      `nin: ${missing}: expected a folder of images (or of IDX or CIFAR files), or a .csv, found nothing`,
    );
    const env = { NIN_DATA_DIR: missing };
    const line = `nin: ${missing}: expected a folder`;
    await expectProcessRefused(["train", small, "--out", "run"], line, { env });
    await expectRefused(
      ["train", small, "--data", "", "--out", "run"],
      "data: expected fashion-mnist, synthetic",
    );
  });
});

describe("dataSource", () => {
  it("leaves names and makes folders absolute, since a run may be resumed elsewhere", () => {
    expect(["fashion-mnist", "synthetic", ""].map(dataSource)).toEqual(["fashion-mnist", "synthetic", ""]);
    expect(dataSource("images")).toBe(resolve("images"));
  });
});

describe("downloadNotes", () => {
  it("writes a line for each tenth of a file", () => {
    const lines: string[] = [];
    const tell = downloadNotes({ note: (line) => lines.push(line) });
    for (let receivedBytes = 0; receivedBytes <= 3000; receivedBytes += 10) {
      tell({ file: "a.gz", receivedBytes, totalBytes: 3000 });
    }
    expect(lines).toHaveLength(11);
    expect(lines[3]).toBe("Downloading a.gz: 900 B of 3.00 kB");
  });
});
