import { at, type PhiloxKey, PURPOSE, philox, present } from "@nin/spec";
import type { ShapeDistance } from "./shapes.js";

/** Identifies an image of the synthetic data set, and thereby its random numbers. */
export interface SyntheticImage {
  readonly key: PhiloxKey;
  /** 0: training, 1: test. */
  readonly split: 0 | 1;
  readonly index: number;
}

/** Random words 0 to 7 of an image determine its appearance; the words after them its noise, one byte per pixel. */
const NOISE_START = 2;
const NOISE_RANGE = 64;

/**
 * Renders one shape with random position, size, tilt, stroke, brightness and background, then adds noise. The counter of
 * its random numbers is (block, index, split, `PURPOSE.synthetic`).
 *
 * @param pixels [size, size]
 */
export function renderImage(
  image: SyntheticImage,
  distance: ShapeDistance,
  size: number,
  pixels: Uint8Array,
): void {
  const appearance = sampleAppearance(image, size);
  renderShape(appearance, distance, size, pixels);
  addNoise(image, pixels);
}

interface Appearance {
  readonly centreX: number;
  readonly centreY: number;
  /** Units: pixels. */
  readonly radius: number;
  /** The tangent of half the angle: cosine and sine follow by arithmetic that is exact on every platform. */
  readonly tilt: number;
  /** Half a line's width. Units: radii. */
  readonly stroke: number;
  readonly ink: number;
  readonly background: number;
}

function sampleAppearance({ key, split, index }: SyntheticImage, size: number): Appearance {
  const words = new Uint32Array(8);
  philox(key, 0, index, split, PURPOSE.synthetic, words.subarray(0, 4));
  philox(key, 1, index, split, PURPOSE.synthetic, words.subarray(4, 8));
  const between = (word: number, low: number, high: number) =>
    low + (at(words, word) / 2 ** 32) * (high - low);
  const radius = between(0, 0.22, 0.42) * size;
  const room = size / 2 - radius;
  return {
    radius,
    centreX: size / 2 + between(1, -1, 1) * room,
    centreY: size / 2 + between(2, -1, 1) * room,
    tilt: between(3, -0.15, 0.15),
    stroke: between(4, 0.1, 0.26),
    ink: between(5, 90, 190),
    background: between(6, 0, 50),
  };
}

/** Applies ink where the distance is negative, with an edge one pixel wide. */
function renderShape(
  appearance: Appearance,
  distance: ShapeDistance,
  size: number,
  pixels: Uint8Array,
): void {
  const { centreX, centreY, radius, tilt, stroke, ink, background } = appearance;
  const scale = 1 / ((1 + tilt * tilt) * radius);
  const cosine = (1 - tilt * tilt) * scale;
  const sine = 2 * tilt * scale;
  for (let row = 0; row < size; row += 1) {
    const dy = row + 0.5 - centreY;
    for (let column = 0; column < size; column += 1) {
      const dx = column + 0.5 - centreX;
      const outside = distance(cosine * dx + sine * dy, cosine * dy - sine * dx, stroke) * radius;
      const coverage = Math.min(1, Math.max(0, 0.5 - outside));
      pixels[row * size + column] = background + coverage * ink;
    }
  }
}

/** Adds -32 to 31, from the six high bits of a random byte, to each pixel, clipped to bytes. */
function addNoise({ key, split, index }: SyntheticImage, pixels: Uint8Array): void {
  const words = new Uint32Array(4);
  const divisor = 256 / NOISE_RANGE;
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    if (pixel % 16 === 0) philox(key, NOISE_START + pixel / 16, index, split, PURPOSE.synthetic, words);
    const byte = (present(words[(pixel % 16) >> 2]) >>> (8 * (pixel % 4))) & 255;
    const noisy = present(pixels[pixel]) + Math.floor(byte / divisor) - NOISE_RANGE / 2;
    pixels[pixel] = Math.min(255, Math.max(0, noisy));
  }
}
