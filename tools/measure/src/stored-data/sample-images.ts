import type { ImageStream } from "@nin/data";

/** The shape of images, and how many there are. */
export interface SampleShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly count: number;
}

/** Images of ten classes, made as they are decoded: each class has a brighter band of its own. */
export function sampleImages({ channels, height, width, count }: SampleShape): ImageStream {
  const size = channels * height * width;
  const noise = Uint8Array.from({ length: 2 * size }, (_, index) => (index * 2654435761) >>> 25);
  const band = Math.floor(size / 10);
  return {
    name: "sample images",
    key: `sample images ${channels}x${height}x${width}`,
    classes: 10,
    classNames: Array.from({ length: 10 }, (_, label) => `${label}`),
    channels,
    height,
    width,
    count,
    labels: Uint8Array.from({ length: count }, (_, position) => position % 10),
    async *decode() {
      for (let position = 0; position < count; position += 1) {
        const shift = (position * 40503) % size;
        const image = noise.slice(shift, shift + size);
        const start = (position % 10) * band;
        for (let index = start; index < start + band; index += 1) image[index] = 128 + (index % 100);
        yield image;
      }
    },
  };
}
