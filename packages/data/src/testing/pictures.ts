import { readFileSync } from "node:fs";

/** A picture's file, and what Pillow makes of it (`tools/pytorch/picture_fixtures.py`). */
export interface PillowPicture {
  readonly name: string;
  /** Whether every decoder gives the same bytes, or each its own within a tolerance, as of a JPEG. */
  readonly exactness: "exact" | "decoder";
  readonly file: Buffer;
  readonly height: number;
  readonly width: number;
  /** Upright, alpha over black. Shape: [height, width, 3]. */
  readonly rgb: Buffer;
  /** Cropped to the middle, resized. */
  readonly images: readonly {
    readonly height: number;
    readonly width: number;
    /** Shape: [3, height, width]. */
    readonly rgb: Buffer;
    /** Shape: [1, height, width]. */
    readonly grey: Buffer;
  }[];
}

/** The pictures of `fixtures/pictures.json`. */
export function pillowPictures(): readonly PillowPicture[] {
  const path = new URL("fixtures/pictures.json", import.meta.url);
  const decoded = (key: string, value: unknown): unknown =>
    ["file", "rgb", "grey"].includes(key) ? Buffer.from(value as string, "base64") : value;
  return (JSON.parse(readFileSync(path, "utf8"), decoded) as { pictures: PillowPicture[] }).pictures;
}
