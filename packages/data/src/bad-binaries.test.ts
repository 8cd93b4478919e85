import { gzipSync } from "node:zlib";
import { idxBytes } from "@nin/test-support";
import { describe } from "vitest";
import { itRefuses, type RefusalCase } from "./testing/refusals.js";
import { grey, type Tree } from "./testing/tree.js";

const IMAGES = idxBytes([2, 2, 2], new Uint8Array(8));
const LABELS = idxBytes([2], Uint8Array.of(0, 1));
const IDX: Tree = {
  "train-images-idx3-ubyte": IMAGES,
  "train-labels-idx1-ubyte": LABELS,
  "t10k-images-idx3-ubyte": IMAGES,
  "t10k-labels-idx1-ubyte": LABELS,
};
const RECORD = Buffer.alloc(3073);
const CIFAR: Tree = { "data_batch_1.bin": RECORD, "test_batch.bin": RECORD };
const binaries: readonly RefusalCase[] = [
  [
    "a missing file",
    { "train-images-idx3-ubyte": IMAGES },
    /train-labels-idx1-ubyte: expected an IDX file, plain or with \.gz, found nothing/,
  ],
  [
    "EMNIST without test labels",
    {
      "emnist-mnist-train-images-idx3-ubyte": IMAGES,
      "emnist-mnist-train-labels-idx1-ubyte": LABELS,
      "emnist-mnist-test-images-idx3-ubyte": IMAGES,
    },
    /emnist-mnist-test-labels-idx1-ubyte: expected an IDX file/,
  ],
  [
    "two EMNIST sets",
    { "emnist-mnist-train-images-idx3-ubyte": IMAGES, "emnist-letters-train-images-idx3-ubyte": IMAGES },
    "expected the IDX files of one data set",
  ],
  ["images of two ranks", { ...IDX, "train-images-idx4-ubyte": IMAGES }, "expected one file of train images"],
  [
    "images of rank 2",
    { ...IDX, "train-images-idx3-ubyte": idxBytes([2, 9], new Uint8Array(18)) },
    "expected IDX magic 0x00000803 or 0x00000804 (images), found 0x00000802",
  ],
  [
    "images of floats",
    { ...IDX, "train-images-idx3-ubyte": idxBytes([1, 1, 1], new Uint8Array(4), 0x0d) },
    "found 0x00000d03",
  ],
  [
    "labels of floats",
    { ...IDX, "train-labels-idx1-ubyte": idxBytes([2], new Uint8Array(8), 0x0d) },
    "(labels), found 0x00000d01",
  ],
  [
    "images cut short",
    { ...IDX, "t10k-images-idx3-ubyte": IMAGES.subarray(0, -1) },
    "expected 24 bytes for dimensions 2 x 2 x 2, found 23 bytes",
  ],
  [
    "fewer labels than images",
    { ...IDX, "t10k-labels-idx1-ubyte": idxBytes([1], Uint8Array.of(0)) },
    "expected as many labels as there are images in",
  ],
  [
    "a negative label",
    { ...IDX, "train-labels-idx1-ubyte": idxBytes([2], Uint8Array.of(0, 255), 9) },
    "expected labels from 0 to 65534, found -1 at 1",
  ],
  [
    "a label past 65,534",
    { ...IDX, "train-labels-idx1-ubyte": idxBytes([2], Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255), 12) },
    "found 65535 at 1",
  ],
  [
    "one class",
    {
      ...IDX,
      "train-labels-idx1-ubyte": idxBytes([2], Uint8Array.of(0, 0)),
      "t10k-labels-idx1-ubyte": idxBytes([2], Uint8Array.of(0, 0)),
    },
    "expected 2 to 65535 classes, found 1",
  ],
  [
    "test images of another size",
    { ...IDX, "t10k-images-idx3-ubyte": idxBytes([2, 1, 4], new Uint8Array(8)) },
    "expected images of 2 x 2 as in",
  ],
  [
    "test images in colour",
    { ...IDX, "t10k-images-idx3-ubyte": idxBytes([2, 2, 2, 3], new Uint8Array(24)) },
    "found 2 x 2 x 3",
  ],
  ["gzip without .gz", { ...IDX, "train-labels-idx1-ubyte": gzipSync(LABELS) }, "(labels), found 0x1f8b0800"],
  [
    "a fraction for IDX",
    IDX,
    "found a test fraction, 0.5, and test images",
    { options: { testFraction: 0.5 } },
  ],
  [
    "IDX and CIFAR at once",
    { ...IDX, ...CIFAR },
    "expected the files of one data set, found those of idx and cifar-10",
  ],
  ["IDX and a list at once", { ...IDX, "images.csv": "path,label\n" }, "found those of csv and idx"],
  [
    "a batch cut short",
    { ...CIFAR, "data_batch_1.bin": RECORD.subarray(1) },
    "expected records of 3073 bytes (the binary version), at least one, found 3072 bytes",
  ],
  ["an empty batch", { ...CIFAR, "data_batch_1.bin": "" }, "found 0 bytes"],
  [
    "a batch that is missing",
    { ...CIFAR, "data_batch_3.bin": RECORD },
    /data_batch_2\.bin: expected a batch of CIFAR-10's binary version, found nothing/,
  ],
  [
    "CIFAR without test images",
    { "data_batch_1.bin": RECORD },
    /test_batch\.bin: expected a readable file, found one that cannot be read: there is no such file/,
  ],
  [
    "a label without a class",
    { ...CIFAR, "test_batch.bin": Buffer.alloc(3073, 10) },
    "expected labels from 0 to 9, found 10 in record 0",
  ],
  [
    "a name given twice",
    { ...CIFAR, "batches.meta.txt": "cat\ncat\n" },
    'expected a name of its own for each class, found "cat" twice',
  ],
  ["one name", { ...CIFAR, "batches.meta.txt": "cat\n" }, "expected 2 to 65535 classes, found 1"],
  [
    "a folder for a batch",
    { "data_batch_1.bin": undefined, "test_batch.bin": RECORD },
    "expected a file, found something else of that name",
  ],
  [
    "CIFAR-100 without training images",
    { "test.bin": Buffer.alloc(3074) },
    /train\.bin: expected a readable file/,
  ],
  [
    "images that do not fit, without a file for them",
    { "cat/1.png": grey(1), "cat/2.png": grey(2), "dog/1.png": grey(3) },
    "or dataMemoryBytes, which keeps more in a file",
    { options: { imageSize: { height: 30_000, width: 30_000 } } },
  ],
];

describe("a folder of binary files is refused by one line:", () => itRefuses(binaries));
