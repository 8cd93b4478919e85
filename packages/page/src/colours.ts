/**
 * Colours that stand for numbers. Needs no Node: pages that are built by a bundler use it too.
 *
 * @example
 * ```ts
 * import { colourAt, inferno } from "@nin/page/colours";
 *
 * const [red, green, blue] = colourAt(inferno, 0.5);
 * console.log(red, green, blue);
 * ```
 *
 * @packageDocumentation
 */

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Colours at equal steps from the least to the most. */
export type ColourMap = readonly Colour[];

/**
 * Ten colours at equal steps of inferno, from least to most: each is lighter than the one before it, so that the order
 * shows without colour, and to every kind of colour blindness. Between them it is linear to within 9 of 255.
 *
 * Source: Smith, van der Walt, Firing, matplotlib's colour maps, 2015, dedicated to the public domain (CC0).
 */
export const inferno: ColourMap = [
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
export const orangeBlue: ColourMap = [
  [110, 42, 0],
  [214, 108, 22],
  [247, 247, 244],
  [60, 122, 214],
  [8, 38, 110],
];

/**
 * A colour of a map, linear between its steps, each channel rounded.
 *
 * @param share - from 0, the first colour, to 1, the last one
 * @throws RangeError for another share
 */
export function colourAt(map: ColourMap, share: number): Colour {
  const position = share * (map.length - 1);
  const index = Math.min(Math.floor(position), map.length - 2);
  const [from, to] = [map[index], map[index + 1]];
  if (from === undefined || to === undefined || !(share <= 1))
    throw new RangeError(`share: expected a number from 0 to 1, got ${share}`);
  const mixed = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (position - index) * (to[channel] - from[channel]));
  return [mixed(0), mixed(1), mixed(2)];
}

/** The map as a CSS gradient from left to right. */
export function colourGradient(map: ColourMap): string {
  return `linear-gradient(to right, ${map.map((colour) => `rgb(${colour.join(" ")})`).join(", ")})`;
}
