import { createHash } from "node:crypto";

/** A file that is published, and how it is known to be right. */
export interface PublishedFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Of the file as published, lower-case hexadecimal. */
  readonly sha256: string;
}

/** The four files of a data set, by what they hold. */
export type DatasetFile = "trainImages" | "trainLabels" | "testImages" | "testLabels";

/**
 * Fashion-MNIST as published.
 *
 * Source: Xiao, Rasul, Vollgraf, Fashion-MNIST, 2017, github.com/zalandoresearch/fashion-mnist (MIT).
 */
export const fashionMnistFiles: Readonly<Record<DatasetFile, PublishedFile>> = {
  trainImages: {
    name: "train-images-idx3-ubyte.gz",
    sizeBytes: 26_421_880,
    sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte.gz",
    sizeBytes: 29_515,
    sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte.gz",
    sizeBytes: 4_422_102,
    sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte.gz",
    sizeBytes: 5_148,
    sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
  },
};

/** Tried in turn. */
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

const TEST_LABELS_SHA256 = "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9";

/** Whether test labels, without their IDX header, are Fashion-MNIST's, however the file was packed. */
export function areFashionMnistLabels(testLabels: Uint8Array): boolean {
  return createHash("sha256").update(testLabels).digest("hex") === TEST_LABELS_SHA256;
}
