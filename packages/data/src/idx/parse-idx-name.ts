import type { DatasetFile } from "./fashion-mnist.js";

/** What the name of a data set's IDX file says. */
export interface IdxName {
  /** What it begins with: `emnist-letters`; empty for MNIST's own. */
  readonly prefix: string;
  readonly which: DatasetFile;
  readonly isPacked: boolean;
}

/** MNIST's names, with a dot in place of the dash, EMNIST's, and those of images with channels (`idx4`). */
const NAME = /^(?:(.+)-)?(train|t10k|test)-(images|labels)[-.]idx\d-[a-z]+(\.gz)?$/;

/** Whether a file's name is one of IDX data sets'. */
export function isIdxName(name: string): boolean {
  return NAME.test(name);
}

/** Undefined for a name that is not one of IDX data sets'. */
export function parseIdxName(name: string): IdxName | undefined {
  const [matched, prefix = "", split, content, gz] = NAME.exec(name) ?? [];
  if (matched === undefined) return undefined;
  const images = content === "images";
  const which =
    split === "train" ? (images ? "trainImages" : "trainLabels") : images ? "testImages" : "testLabels";
  return { prefix, which, isPacked: gz !== undefined };
}

/** For messages: `train images`. */
export function contentOf(which: DatasetFile): string {
  return `${which.startsWith("train") ? "train" : "test"} ${which.endsWith("Images") ? "images" : "labels"}`;
}
