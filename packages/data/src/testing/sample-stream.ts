import type { ImageStream } from "../stored/image-stream.js";

/** The size of the sample's images: [3, 4, 5]. Units: bytes. */
export const SAMPLE_BYTES = 60;

/** A stream that says how often it was decoded. */
export interface SampleStream extends ImageStream {
  readonly decoded: () => number;
}

/** Images whose bytes follow from their position, each different. */
export function sampleStream(changes: Partial<ImageStream> = {}): SampleStream {
  const { count = 50 } = changes;
  let decoded = 0;
  return {
    name: "sample",
    key: "sample",
    classes: 3,
    classNames: ["a", "b", "c"],
    channels: 3,
    height: 4,
    width: 5,
    count,
    labels: Uint8Array.from({ length: count }, (_, position) => position % 3),
    decoded: () => decoded,
    async *decode() {
      decoded += 1;
      for (let position = 0; position < count; position += 1) yield sampleImage(position);
    },
    ...changes,
  };
}

export function sampleImage(position: number): Uint8Array {
  return Uint8Array.from({ length: SAMPLE_BYTES }, (_, index) => (31 * position + index * index) % 256);
}

/** The images at these positions, one after another. */
export function sampleImages(positions: Iterable<number>): Uint8Array {
  const images = Array.from(positions, sampleImage);
  const joined = new Uint8Array(images.length * SAMPLE_BYTES);
  for (const [index, image] of images.entries()) joined.set(image, index * SAMPLE_BYTES);
  return joined;
}
