import { type PhiloxKey, PURPOSE, philox } from "@nin/spec";
import type { ShapeDistance } from "./shapes.js";

/** Which image of the synthetic set is drawn, and so its random numbers. */
export interface DrawnImage {
  readonly key: PhiloxKey;
  /** 0: training, 1: test. */
  readonly split: 0 | 1;
  readonly index: number;
}

/** Words 0 to 7 of an image are its look; the noise takes those after, a byte a pixel. */
const NOISE_START = 2;
const NOISE_RANGE = 64;

/**
 * Draws one shape with random place, size, tilt, stroke, brightness and background, then adds
 * noise. Counter of its random numbers: (block, index, split, `PURPOSE.synthetic`).
 *
 * Shapes: `pixels` is [size, size].
 */
export function drawImage(
  image: DrawnImage,
  distance: ShapeDistance,
  size: number,
  pixels: Uint8Array,
): void {
  const look = drawLook(image, size);
  drawShape(look, distance, size, pixels);
  addNoise(image, pixels);
}

interface Look {
  readonly centreX: number;
  readonly centreY: number;
  /** Units: pixels. */
  readonly radius: number;
  /** The tangent of half the angle: cosine and sine follow by arithmetic that is the same everywhere. */
  readonly tilt: number;
  /** Half a line's width. Units: radii. */
  readonly stroke: number;
  readonly ink: number;
  readonly background: number;
}

function drawLook({ key, split, index }: DrawnImage, size: number): Look {
  const words = new Uint32Array(8);
  philox(key, 0, index, split, PURPOSE.synthetic, words.subarray(0, 4));
  philox(key, 1, index, split, PURPOSE.synthetic, words.subarray(4, 8));
  const between = (word: number, low: number, high: number) =>
    low + ((words[word] ?? 0) / 2 ** 32) * (high - low);
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

/** Ink where the distance is negative, with an edge one pixel wide. */
function drawShape(look: Look, distance: ShapeDistance, size: number, pixels: Uint8Array): void {
  const { centreX, centreY, radius, tilt, stroke, ink, background } = look;
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

/** Adds -32..31, a byte's six high bits, to each pixel; clipped to bytes. */
function addNoise({ key, split, index }: DrawnImage, pixels: Uint8Array): void {
  const words = new Uint32Array(4);
  const divisor = 256 / NOISE_RANGE;
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    if (pixel % 16 === 0) philox(key, NOISE_START + pixel / 16, index, split, PURPOSE.synthetic, words);
    const byte = ((words[(pixel % 16) >> 2] ?? 0) >>> (8 * (pixel % 4))) & 255;
    const noisy = (pixels[pixel] ?? 0) + Math.floor(byte / divisor) - NOISE_RANGE / 2;
    pixels[pixel] = Math.min(255, Math.max(0, noisy));
  }
}
