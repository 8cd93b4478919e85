import { at } from "@nin/spec";

/** Red, green and blue, from 0 to 255. */
type Colour = readonly [number, number, number];

/** How many colours a colour map has: one for each byte. */
export const LEVELS = 256;

/**
 * Ten colours at equal steps of inferno, from least to most: each is lighter than the one before it, so that the order
 * shows without colour, and to every kind of colour blindness.
 *
 * Source: Smith, van der Walt, Firing, matplotlib's colour maps, 2015, dedicated to the public domain (CC0).
 */
const INFERNO: readonly Colour[] = [
  [0, 0, 4],
  [27, 12, 65],
  [75, 12, 107],
  [120, 28, 109],
  [165, 45, 96],
  [207, 68, 70],
  [237, 105, 37],
  [251, 154, 6],
  [247, 209, 60],
  [252, 255, 164],
];

/**
 * From negative over zero to positive: orange and blue, which no kind of colour blindness confuses, both darker the
 * further they are from a nearly white zero.
 */
const ORANGE_BLUE: readonly Colour[] = [
  [110, 42, 0],
  [214, 108, 22],
  [247, 247, 244],
  [60, 122, 214],
  [8, 38, 110],
];

/** What values are drawn as: `sequential` from 0 to the largest, `diverging` with 0 in the middle. */
export type ColourMapName = "sequential" | "diverging";

const STOPS: Readonly<Record<ColourMapName, readonly Colour[]>> = {
  sequential: INFERNO,
  diverging: ORANGE_BLUE,
};

/** The colours of each byte, as an `ImageData` has them when its bytes are read as `Uint32Array`. */
export const colourTables: Readonly<Record<ColourMapName, Uint32Array>> = {
  sequential: tableOf("sequential"),
  diverging: tableOf("diverging"),
};

/** The colour map as a CSS gradient from left to right. */
export function gradient(name: ColourMapName): string {
  const colours = STOPS[name].map(([red, green, blue]) => `rgb(${red} ${green} ${blue})`);
  return `linear-gradient(to right, ${colours.join(", ")})`;
}

/** @param share - from 0, the first colour, to 1, the last one */
export function colourAt(name: ColourMapName, share: number): Colour {
  const stops = STOPS[name];
  const position = share * (stops.length - 1);
  const index = Math.min(Math.floor(position), stops.length - 2);
  const [from, to] = [at(stops, index), at(stops, index + 1)];
  const mixed = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (position - index) * (to[channel] - from[channel]));
  return [mixed(0), mixed(1), mixed(2)];
}

/** An opaque pixel. Browsers run on little-endian processors alone: red is the lowest byte. */
export function pixelOf(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function tableOf(name: ColourMapName): Uint32Array {
  return Uint32Array.from({ length: LEVELS }, (_, level) => pixelOf(...colourAt(name, level / (LEVELS - 1))));
}
