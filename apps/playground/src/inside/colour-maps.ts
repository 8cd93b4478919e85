import { type ColourMap, colourAt, inferno, orangeBlue } from "@nin/page/colours";

/** How many colours a table has: one for each byte. */
export const LEVELS = 256;

/** What values are drawn as: `sequential` from 0 to the largest, `diverging` with 0 in the middle. */
export type ColourMapName = "sequential" | "diverging";

export const colourMaps: Readonly<Record<ColourMapName, ColourMap>> = {
  sequential: inferno,
  diverging: orangeBlue,
};

/** The colours of each byte, as an `ImageData` has them when its bytes are read as `Uint32Array`. */
export const colourTables: Readonly<Record<ColourMapName, Uint32Array>> = {
  sequential: tableOf(inferno),
  diverging: tableOf(orangeBlue),
};

/** An opaque pixel. Browsers run on little-endian processors alone: red is the lowest byte. */
export function pixelOf(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function tableOf(map: ColourMap): Uint32Array {
  return Uint32Array.from({ length: LEVELS }, (_, level) => pixelOf(...colourAt(map, level / (LEVELS - 1))));
}
