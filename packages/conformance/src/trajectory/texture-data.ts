import type { DatasetPair, ImageDataset } from "@nin/data";
import { randomBytes } from "../drawing/random-tensors.js";

const SIZE = 8;
const CLASS_NAMES = ["rows", "columns", "checkerboard", "plain"];
/** Of a bright pixel, beside noise of up to 127. */
const CONTRAST = 128;

/**
 * Noisy 8x8 textures of four classes: a network of a few channels learns them in some 20 steps,
 * also where it averages over the image.
 */
export function textureData(train: number, test: number): DatasetPair {
  return { train: textures(train, 1), test: textures(test, 2) };
}

function textures(count: number, seed: number): ImageDataset {
  const noise = randomBytes(count * SIZE ** 2, seed);
  const labels = Uint8Array.from({ length: count }, (_, image) => image % CLASS_NAMES.length);
  const images = noise.map((byte, at) => {
    const [x, y] = [at % SIZE, Math.floor(at / SIZE) % SIZE];
    const isBright = brightness(labels[Math.floor(at / SIZE ** 2)] ?? 0, x, y);
    return (byte >> 1) + (isBright ? CONTRAST : 0);
  });
  return {
    name: "textures",
    classes: CLASS_NAMES.length,
    classNames: CLASS_NAMES,
    channels: 1,
    height: SIZE,
    width: SIZE,
    images,
    labels,
    count,
  };
}

function brightness(label: number, x: number, y: number): boolean {
  if (label === 0) return y % 2 === 0;
  if (label === 1) return x % 2 === 0;
  return label === 2 && (x + y) % 2 === 0;
}
