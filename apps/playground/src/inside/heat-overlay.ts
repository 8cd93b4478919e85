import { type ImageSize, resizeImages } from "@nin/data";
import { at } from "@nin/spec";
import { colourTables, LEVELS } from "./colour-maps.js";
import type { ValueRange } from "./map-grid.js";

/** A picture as a network takes it: bytes of shape [channels, height, width]. */
export interface Picture extends ImageSize {
  readonly pixels: Uint8Array;
  readonly channels: number;
}

/** A map of one class: shape [height, width]. */
export interface ClassMap extends ImageSize {
  readonly values: Float32Array | Float64Array;
}

/** The longer side of what is drawn. Units: pixels. */
const SIDE = 168;
/** How opaque the least and the most are: little evidence leaves the picture visible. */
const OPACITY = { least: 0.4, most: 0.8 };
const WHITE = 0xffffffff;

/** As large as a picture is drawn, with its aspect. */
export function drawnSize({ height, width }: ImageSize): ImageSize {
  const scale = SIDE / Math.max(height, width);
  return {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  };
}

/** Draws a picture of any number of channels: of one or two the first in grey, else the first three as colours. */
export function drawPicture(
  { pixels, channels, height, width }: Picture,
  size: ImageSize,
  to: Uint32Array,
): void {
  const plane = height * width;
  const [red, green, blue] = channels < 3 ? [0, 0, 0] : [0, plane, 2 * plane];
  for (let y = 0, index = 0; y < size.height; y += 1) {
    const row = Math.floor((y * height) / size.height) * width;
    for (let x = 0; x < size.width; x += 1, index += 1) {
      const from = row + Math.floor((x * width) / size.width);
      const [r, g, b] = [at(pixels, red + from), at(pixels, green + from), at(pixels, blue + from)];
      to[index] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
    }
  }
}

/** Lays a map, stretched by bilinear interpolation, over what is drawn; a white line is around what is above the middle. */
export function drawHeat(map: ClassMap, { low, high }: ValueRange, size: ImageSize, to: Uint32Array): void {
  const factor = high > low ? 255 / (high - low) : 0;
  const bytes = Uint8Array.from(map.values, (value) =>
    Math.max(0, Math.min(255, Math.round((value - low) * factor))),
  );
  const levels = resizeImages(bytes, map, size);
  const { height, width } = size;
  const isBelow = (index: number): boolean => at(levels, index) < LEVELS / 2;
  for (let y = 0, index = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, index += 1) {
      const isLine =
        !isBelow(index) &&
        ((x > 0 && isBelow(index - 1)) ||
          (x < width - 1 && isBelow(index + 1)) ||
          (y > 0 && isBelow(index - width)) ||
          (y < height - 1 && isBelow(index + width)));
      to[index] = isLine ? WHITE : over(at(levels, index), at(to, index));
    }
  }
}

/** The heat's colour over a pixel. */
function over(level: number, below: number): number {
  const colour = at(colourTables.sequential, level);
  const alpha = OPACITY.least + (level / (LEVELS - 1)) * (OPACITY.most - OPACITY.least);
  const mixed = (shift: number): number =>
    Math.round(alpha * ((colour >> shift) & 255) + (1 - alpha) * ((below >> shift) & 255)) << shift;
  return ((255 << 24) | mixed(16) | mixed(8) | mixed(0)) >>> 0;
}
