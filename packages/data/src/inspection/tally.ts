import { createHash } from "node:crypto";
import { at } from "@nin/spec";
import { type ImageStatistics, momentsOf } from "../dataset/statistics.js";
import type { ImageSize } from "../image/resize.js";

/** An image as it is in its file, alpha over black. */
export interface PlanarImage extends ImageSize {
  /** Shape: [channels, height, width]. */
  readonly planes: Uint8Array;
  readonly channels: number;
}

/** What all images of a data set have in common, added up one by one. */
export class ImageTally {
  readonly #histograms: Float64Array[] = [];
  /** The most channels of an image that is not grey throughout. */
  #channels = 1;
  #smallest: ImageSize | undefined;
  #largest: ImageSize | undefined;
  #sizes = new Set<string>();
  readonly #splitOf = new Map<string, "train" | "test">();
  #duplicates = 0;
  #leaked = 0;
  #pixels = 0;

  add(image: PlanarImage, split: "train" | "test"): void {
    const { planes, height, width } = image;
    const channels = isGrey(image) ? 1 : image.channels;
    const area = height * width;
    this.#channels = Math.max(this.#channels, channels);
    this.#pixels += area;
    const counted = Math.max(3, channels);
    while (this.#histograms.length < counted) this.#histograms.push(new Float64Array(256));
    for (let channel = 0; channel < (channels === 1 ? 3 : channels); channel += 1) {
      const histogram = at(this.#histograms, channel);
      // Grey counts in each channel of the images that are in colour.
      const from = (channels === 1 ? 0 : channel) * area;
      for (let index = from; index < from + area; index += 1) {
        const value = planes[index] as number;
        histogram[value] = (histogram[value] as number) + 1;
      }
    }
    this.#addSize(image);
    const hash = createHash("sha256").update(`${channels} ${height} ${width} `);
    const digest = hash.update(planes.subarray(0, channels * area)).digest("base64");
    const earlier = this.#splitOf.get(digest);
    if (earlier === undefined) this.#splitOf.set(digest, split);
    else {
      this.#duplicates += 1;
      if (earlier !== split) this.#leaked += 1;
    }
  }

  /** The images that equal an earlier one. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Those of them that equal one of the other split. */
  get leaked(): number {
    return this.#leaked;
  }

  get channels(): number {
    return this.#channels;
  }

  /** The size that all have; nothing where they differ. */
  get size(): ImageSize | undefined {
    return this.#sizes.size === 1 ? this.#smallest : undefined;
  }

  /** By the number of pixels; nothing without images. */
  get extremes(): { readonly smallest: ImageSize; readonly largest: ImageSize } | undefined {
    return this.#smallest === undefined || this.#largest === undefined
      ? undefined
      : { smallest: this.#smallest, largest: this.#largest };
  }

  /** Of all pixels alike, whichever image they are of. */
  get statistics(): ImageStatistics {
    if (this.#pixels === 0) return { mean: [], std: [] };
    const moments = this.#histograms
      .slice(0, this.#channels)
      .map((histogram) => momentsOf(histogram, this.#pixels));
    return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
  }

  #addSize({ height, width }: ImageSize): void {
    const area = height * width;
    this.#sizes.add(`${height} ${width}`);
    if (this.#smallest === undefined || area < this.#smallest.height * this.#smallest.width)
      this.#smallest = { height, width };
    if (this.#largest === undefined || area > this.#largest.height * this.#largest.width)
      this.#largest = { height, width };
  }
}

function isGrey({ planes, channels, height, width }: PlanarImage): boolean {
  if (channels !== 3) return channels === 1;
  const area = height * width;
  for (let index = 0; index < area; index += 1) {
    const red = at(planes, index);
    if (red !== planes[area + index] || red !== planes[2 * area + index]) return false;
  }
  return true;
}
