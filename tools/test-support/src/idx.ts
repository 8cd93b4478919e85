import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Names of a data set's files, unpacked. */
export const IDX_FILES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;

export type IdxFile = keyof typeof IDX_FILES;

/** Height and width of the images. Units: pixels. */
export const IMAGE_SIZE = 8;

/**
 * The bytes of an IDX file: a header for these dimensions, then the elements.
 *
 * @param type - the code of the element type; 8 for bytes
 */
export function idxBytes(shape: readonly number[], data: Uint8Array, type = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt16BE(type * 256 + shape.length, 2);
  shape.forEach((extent, axis) => {
    header.writeUInt32BE(extent, 4 + 4 * axis);
  });
  return Buffer.concat([header, data]);
}

/**
 * A data set of ten classes that differ, with labels 0, 1, ... 9, 0, ...
 *
 * @param train - number of training images
 * @param test - number of test images
 * @param extent - height and width of the images, in pixels
 */
export function smallIdxFiles(train: number, test: number, extent = IMAGE_SIZE): Record<IdxFile, Buffer> {
  return {
    trainImages: imageBytes(train, extent),
    trainLabels: labelBytes(train),
    testImages: imageBytes(test, extent),
    testLabels: labelBytes(test),
  };
}

/** Writes a data set that `--data` takes. */
export async function writeIdxFolder(
  folder: string,
  files: Readonly<Partial<Record<IdxFile, Uint8Array>>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, IDX_FILES[name as IdxFile]), bytes);
  }
}

function labelBytes(count: number): Buffer {
  return idxBytes(
    [count],
    Uint8Array.from({ length: count }, (_, index) => index % 10),
  );
}

function imageBytes(count: number, extent: number): Buffer {
  const size = extent * extent;
  const pixels = Uint8Array.from({ length: count * size }, (_, position) => {
    const label = Math.floor(position / size) % 10;
    const pixel = position % size;
    return (pixel * (label + 1) * 5 + 25 * label + Math.floor(position / size / 10)) % 256;
  });
  return idxBytes([count, extent, extent], pixels);
}
