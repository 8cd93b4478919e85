import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { idxBytes } from "@nin/test-support";
import { onTestFinished } from "vitest";
import { type DatasetFile, fashionMnistFiles, type PublishedFile } from "../idx/fashion-mnist.js";

/** Three training and two test images of 2x4 pixels, unpacked. */
export function smallSet(): Record<DatasetFile, Buffer> {
  return {
    trainImages: idxBytes(
      [3, 2, 4],
      Uint8Array.from({ length: 24 }, (_, index) => 10 * index),
    ),
    trainLabels: idxBytes([3], Uint8Array.of(0, 9, 4)),
    testImages: idxBytes(
      [2, 2, 4],
      Uint8Array.from({ length: 16 }, (_, index) => 255 - index),
    ),
    testLabels: idxBytes([2], Uint8Array.of(3, 7)),
  };
}

export const datasetFiles: readonly DatasetFile[] = [
  "trainImages",
  "trainLabels",
  "testImages",
  "testLabels",
];

/** Name of a file as published, with `.gz`. */
export function fileName(file: DatasetFile): string {
  return fashionMnistFiles[file].name;
}

/** A folder of the running test's own, which is gone after it. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nin-data-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with the small set, packed. */
export async function smallFolder(): Promise<string> {
  const folder = await emptyFolder();
  const set = smallSet();
  for (const file of datasetFiles) await writeFile(join(folder, fileName(file)), gzipSync(set[file]));
  return folder;
}

/** The small set as if it were published: packed bytes by name, and the description of each file. */
export function publishedSmallSet(): {
  readonly bytes: ReadonlyMap<string, Buffer>;
  readonly files: Record<DatasetFile, PublishedFile>;
} {
  const set = smallSet();
  const describe = (file: DatasetFile): PublishedFile => {
    const packed = gzipSync(set[file]);
    return {
      name: fileName(file),
      content: fashionMnistFiles[file].content,
      sizeBytes: packed.length,
      sha256: createHash("sha256").update(packed).digest("hex"),
    };
  };
  return {
    bytes: new Map(datasetFiles.map((file) => [fileName(file), gzipSync(set[file])])),
    files: {
      trainImages: describe("trainImages"),
      trainLabels: describe("trainLabels"),
      testImages: describe("testImages"),
      testLabels: describe("testLabels"),
    },
  };
}
