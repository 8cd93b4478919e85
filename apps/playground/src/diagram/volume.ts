import { at, type Shape } from "@nin/spec";

/** How a layer's output is drawn: a box in oblique projection. Units: pixels of the drawing. */
export interface Volume {
  /** Of the front, whose sides are height and width of the output. */
  readonly frontWidth: number;
  readonly frontHeight: number;
  /** How far the box reaches to the right and upwards: the channels. */
  readonly depth: number;
}

/** The largest that boxes of a network become. Units: pixels of the drawing. */
export interface VolumeLimits {
  readonly side: number;
  readonly depth: number;
}

/** The extents that fill the limits. */
export interface VolumeScale {
  readonly extent: number;
  readonly channels: number;
  readonly limits: VolumeLimits;
}

/** No box is thinner than this. */
const LEAST = 3;

/** One scale for all outputs of a network: the largest height or width fills the side, the most channels the depth. */
export function volumeScale(shapes: readonly Shape[], limits: VolumeLimits): VolumeScale {
  let [extent, most] = [1, 1];
  for (const { channels, height, width } of shapes.map(volumeSize)) {
    extent = Math.max(extent, height, width);
    most = Math.max(most, channels);
  }
  return { extent, channels: most, limits };
}

/**
 * The box of an output. Sides and depth grow as the square roots of what they stand for: 224 and 5 pixels, or 1 and
 * 4,096 channels, are then both seen in one drawing.
 */
export function volumeOf(shape: Shape, { extent, channels: most, limits }: VolumeScale): Volume {
  const { channels, height, width } = volumeSize(shape);
  const side = (value: number): number => Math.max(LEAST, limits.side * Math.sqrt(value / extent));
  return {
    frontWidth: side(width),
    frontHeight: side(height),
    depth: Math.max(LEAST, limits.depth * Math.sqrt(channels / most)),
  };
}

/** Features are channels of one place. */
function volumeSize(shape: Shape): {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
} {
  return shape.length === 3
    ? { channels: at(shape, 0), height: at(shape, 1), width: at(shape, 2) }
    : { channels: at(shape, 0), height: 1, width: 1 };
}

/** How far the depth goes up for each pixel to the right. */
export const DEPTH_RISE = 0.6;
