import type { IdxArray, IdxExpectation } from "./format.js";

/** A published file, and how it is verified. */
export interface PublishedFile {
  readonly name: string;
  readonly content: IdxExpectation["content"];
  readonly sizeBytes: number;
  /** The hash of the file as published, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** The four files of a data set, by their contents. */
export type DatasetFile = "trainImages" | "trainLabels" | "testImages" | "testLabels";

/**
 * Fashion-MNIST as published.
 *
 * Source: Xiao, Rasul, Vollgraf, Fashion-MNIST, 2017, github.com/zalandoresearch/fashion-mnist (MIT).
 */
export const fashionMnistFiles: Readonly<Record<DatasetFile, PublishedFile>> = {
  trainImages: {
    name: "train-images-idx3-ubyte.gz",
    content: "images",
    sizeBytes: 26_421_880,
    sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte.gz",
    content: "labels",
    sizeBytes: 29_515,
    sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte.gz",
    content: "images",
    sizeBytes: 4_422_102,
    sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte.gz",
    content: "labels",
    sizeBytes: 5_148,
    sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
  },
};

/** URLs of folders that have the files, tried in turn. */
export const fashionMnistMirrors: readonly string[] = [
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
];

export const fashionMnistClassNames: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** SHA-256 of the four files' elements, without headers, and their shapes. The quickest to check goes first. */
const CONTENTS: readonly (readonly [DatasetFile, readonly number[], string])[] = [
  ["testLabels", [10_000], "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9"],
  ["trainLabels", [60_000], "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"],
  ["testImages", [10_000, 28, 28], "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a"],
  ["trainImages", [60_000, 28, 28], "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012"],
];

/** Whether images and labels are all Fashion-MNIST's, however the files were packed. */
export async function isFashionMnist(
  files: Readonly<Record<DatasetFile, IdxArray>>,
  sha256: (bytes: Uint8Array) => string | Promise<string>,
): Promise<boolean> {
  for (const [file, shape, expected] of CONTENTS) {
    const found = files[file];
    if (found.shape.join() !== shape.join() || (await sha256(found.data)) !== expected) return false;
  }
  return true;
}
