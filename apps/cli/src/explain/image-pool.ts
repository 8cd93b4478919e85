import { basename } from "node:path";
import { type ImageSource, isInMemory, orderedBatches, readImages } from "@nin/data";
import { at, shownText } from "@nin/spec";
import { className, type ImageSize } from "../report/report-data.js";
import { count, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import type { PageImage } from "./explain-data.js";

/** Images that the channels of a network are compared over. */
export interface ImagePool {
  readonly count: number;
  /** What they are, as a noun phrase. */
  readonly text: string;
  /** All images in order, in batches: [N, channels, height, width]. */
  batches(size: number): AsyncIterable<{ readonly images: Uint8Array }>;
  /** The images at these positions. */
  read(positions: Uint32Array): Promise<readonly PageImage[]>;
}

/** Image files that were read. */
export interface OwnImages {
  /** Shape: [count, channels, height, width]. */
  readonly images: Uint8Array;
  readonly paths: readonly string[];
}

/** How often progress is reported. Units: milliseconds. */
const REPORT_MS = 5_000;

/** The first test images of a data set. */
export function testPool(test: ImageSource, limit: number, terminal: Pick<Terminal, "note">): ImagePool {
  const total = Math.min(limit, test.count);
  const first = total < test.count ? `the first ${count(total)}` : `the ${count(total)}`;
  return {
    count: total,
    text: `${first} test images of ${shownText(basename(test.name))}`,
    async *batches(size) {
      if (!isInMemory(test)) test.announce?.(orderedBatches(total, size));
      let [done, reportedMs] = [0, performance.now()];
      for (const positions of orderedBatches(total, size)) {
        yield { images: await readImages(test, positions) };
        done += positions.length;
        if (performance.now() - reportedMs < REPORT_MS || done === total) continue;
        reportedMs = performance.now();
        terminal.note(`${count(done)} of ${count(total)} images`);
      }
    },
    async read(positions) {
      const images = split(await readImages(test, positions), test);
      return images.map((pixels, index) => {
        const label = at(test.labels, at(positions, index));
        return { pixels, label, name: className(test.classNames, label) };
      });
    },
  };
}

/** The user's own images. */
export function ownPool({ images, paths }: OwnImages, size: ImageSize): ImagePool {
  const all = split(images, size).map((pixels, index) => ({
    pixels,
    name: shownText(basename(at(paths, index))),
  }));
  const bytes = size.channels * size.height * size.width;
  return {
    count: all.length,
    text: plural(all.length, "image"),
    async *batches(batchSize) {
      for (let start = 0; start < all.length; start += batchSize)
        yield { images: images.slice(start * bytes, (start + batchSize) * bytes) };
    },
    read: async (positions) => Array.from(positions, (position) => at(all, position)),
  };
}

/** The images of a batch, one by one. */
function split(
  images: Uint8Array,
  { channels, height, width }: Pick<ImageSize, "channels" | "height" | "width">,
): readonly Uint8Array[] {
  const size = channels * height * width;
  return Array.from({ length: images.length / size }, (_, index) =>
    images.slice(index * size, (index + 1) * size),
  );
}
