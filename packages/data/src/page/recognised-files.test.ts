import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { DatasetPair } from "../dataset/dataset.js";
import { loadDataset } from "../load-dataset.js";
import { emptyFolder, smallFolder } from "../testing/idx-folder.js";
import { type DatasetFilesOptions, datasetFromFiles } from "./recognised-files.js";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const GREY: DatasetFilesOptions = { channels: 1, height: 28, width: 28, sha256 };

/** The files of a folder as a page has them: Node's `File` is the one of pages. */
async function dropped(folder: string): Promise<readonly File[]> {
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => new File([await readFile(join(folder, name))], name)));
}

function contents({ train, test }: DatasetPair): readonly unknown[] {
  return [train, test].map(({ name: _, images, labels, ...described }) => ({
    ...described,
    images: [...images],
    labels: [...labels],
  }));
}

describe("files that are dropped into a page", () => {
  it("are the data set that Node reads: IDX, packed and plain", async () => {
    const folder = await smallFolder();
    const expected = contents(await loadDataset(folder));
    expect(contents(await datasetFromFiles(await dropped(folder), GREY))).toEqual(expected);
  });

  it.each([1, 3])("are the data set that Node reads: CIFAR in %i channels", async (channels) => {
    const folder = await emptyFolder();
    const record = (label: number) =>
      Buffer.concat([
        Buffer.of(label),
        Uint8Array.from({ length: 3072 }, (_, index) => (7 * index + label) % 256),
      ]);
    await writeFile(join(folder, "data_batch_1.bin"), Buffer.concat([record(3), record(0)]));
    await writeFile(join(folder, "data_batch_2.bin"), record(9));
    await writeFile(join(folder, "test_batch.bin"), record(5));
    const expected = contents(await loadDataset(folder, { channels }));
    const found = await datasetFromFiles(await dropped(folder), { ...GREY, channels });
    expect(contents(found)).toEqual(expected);
  });

  it("are refused in one line where they are no data set", async () => {
    const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte", "data_batch_1.bin", "a.txt"];
    const [images, labels, batch, text] = names.map((name) => new File(["no"], name)) as [
      File,
      File,
      File,
      File,
    ];
    const refused = async (...files: readonly File[]) =>
      datasetFromFiles(files, { ...GREY, name: "dropped" }).then(String, (error: Error) => error.message);
    expect(await refused(images)).toBe(
      "train-images-idx3-ubyte.gz: expected a whole gzip file, found a damaged or truncated one",
    );
    expect(await refused(new File([gzipSync("no")], images.name))).toBe(
      "train-images-idx3-ubyte.gz: expected an IDX header of 16 bytes, found 2 bytes",
    );
    expect(await refused(labels)).toBe("dropped: expected an IDX file of train images, found none");
    expect(await refused(batch)).toMatch(/^data_batch_1\.bin: expected records of 3073 bytes/);
    expect(await refused(labels, batch)).toBe(
      "dropped: expected the files of one data set, found those of idx and cifar-10",
    );
    expect(await refused(text)).toBe("dropped: expected a folder for each class with images, found none");
  });
});
