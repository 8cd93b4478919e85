/** Height and width of the images. Units: pixels. */
export const CIFAR_SIZE = 32;
export const CIFAR_IMAGE_BYTES = 3 * CIFAR_SIZE * CIFAR_SIZE;

/** The two data sets' binary versions. */
export type CifarFormat = "cifar-10" | "cifar-100";

/** How their files are named and laid out: each record has its labels, then 3 x 32 x 32 bytes. */
export const CIFAR_FORMATS = {
  "cifar-10": { classes: 10, labelBytes: 1, label: 0, names: "batches.meta.txt", test: "test_batch.bin" },
  "cifar-100": { classes: 100, labelBytes: 2, label: 1, names: "fine_label_names.txt", test: "test.bin" },
} as const;

export const CIFAR_10_BATCH = /^data_batch_([1-9]\d*)\.bin$/;

/** Which of the two formats a folder's files are of, if any. */
export function cifarFormat(names: readonly string[]): CifarFormat | undefined {
  if (names.some((name) => CIFAR_10_BATCH.test(name) || name === "test_batch.bin")) return "cifar-10";
  return names.includes("train.bin") || names.includes("test.bin") ? "cifar-100" : undefined;
}
