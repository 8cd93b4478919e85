import { type ImageSize, resizeImages } from "@nin/data";
import { type Html, html } from "@nin/page";
import { colourAt, colourGradient, inferno } from "@nin/page/colours";
import { at, present } from "@nin/spec";
import type { FeatureMap } from "@nin/training";
import { type PaletteColour, palettePngDataUri, pngDataUri } from "./png.js";
import type { ImageSize as PictureSize } from "./report-data.js";

/** More would not be seen, and take space in the page. */
const LEVELS = 64;
/** The middle of the scale, as a byte. */
const MIDDLE = 127;
/** How opaque the least and the most are: little evidence leaves the picture visible. */
const OPACITY = { least: 0.45, most: 0.8 };
/** The longer side of a map and of the picture below it. Units: pixels. */
const SIDE = 112;

/** What the colours stand for: the values at their ends. */
export interface HeatScale {
  readonly low: number;
  readonly high: number;
}

/** One scale for some maps: from their least value, or 0 where that is less, to their largest. */
export function heatScale(maps: readonly FeatureMap[]): HeatScale {
  const all = maps.map(({ values }) => values);
  return {
    low: all.reduce((least, values) => values.reduce((a, b) => Math.min(a, b), least), 0),
    high: all.reduce((most, values) => values.reduce((a, b) => Math.max(a, b), most), 0),
  };
}

/**
 * A map stretched over a picture (bilinear) and coloured by its values, with a line around the parts above the middle of
 * the scale.
 *
 * @returns a `data:` URI of a picture that is partly transparent
 */
export function heatMap(map: FeatureMap, { low, high }: HeatScale, picture: ImageSize): string {
  const size = sized(picture);
  const range = high - low;
  const bytes = Uint8Array.from(map.values, (value) =>
    range > 0 ? Math.round((255 * (value - low)) / range) : 0,
  );
  return palettePngDataUri(levelsOf(resizeImages(bytes, map, size), size), size, PALETTE);
}

/** The palette's position for each value: its level, or the line where a neighbour is on the other side of the middle. */
function levelsOf(values: Uint8Array, { height, width }: ImageSize): Uint8Array {
  const levels = new Uint8Array(values.length);
  const isBelow = (index: number): boolean => present(values[index]) <= MIDDLE;
  for (let y = 0, index = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, index += 1) {
      const value = present(values[index]);
      const isLine =
        value > MIDDLE &&
        ((x > 0 && isBelow(index - 1)) ||
          (x < width - 1 && isBelow(index + 1)) ||
          (y > 0 && isBelow(index - width)) ||
          (y < height - 1 && isBelow(index + width)));
      levels[index] = isLine ? LEVELS : (value * LEVELS) >> 8;
    }
  }
  return levels;
}

/** A picture that is no larger than it is shown below a map. */
export function thumbnail(pixels: Uint8Array, size: PictureSize): string {
  const { channels, height, width } = size;
  const small = Math.max(height, width) > SIDE ? sized(size) : { height, width };
  return pngDataUri(resizeImages(pixels, size, small), { channels, ...small });
}

/**
 * A map over its picture.
 *
 * @param picture - the picture's address, as `thumbnail` gives it
 * @param heat - the map's, as `heatMap` gives it
 * @param text - what the map shows, for a reader who cannot see it
 */
export function heatFigure(picture: string, heat: string, text: string, size: ImageSize): Html {
  const { height, width } = size;
  return html`<span class="heat"><img src="${picture}" width="${width}" height="${height}" alt=""><img class="heat-map" src="${heat}" width="${width}" height="${height}" alt="${text}"></span>`;
}

/** `largest 41.2 in row 2, column 5 of 7x7`. */
export function peakText({ values, height, width }: FeatureMap): string {
  const place = values.reduce((best, value, index) => (value > at(values, best) ? index : best), 0);
  const [row, column] = [Math.floor(place / width) + 1, (place % width) + 1];
  return `largest ${formatActivation(at(values, place))} in row ${row}, column ${column} of ${height}\u00d7${width}`;
}

/** So many digits: `12.34`, `0.001234`, `2.29e-6`. */
export function formatActivation(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2);
  return size >= 10 ** digits ? value.toFixed(0) : value.toPrecision(digits);
}

/** What the colours mean, for a page with maps. */
export function heatLegend(low: string, high: string): Html {
  return html`<p class="heat-legend"><span>${low}</span><span class="heat-bar" role="img" aria-label="Colours from dark to light"></span><span>${high}</span></p>`;
}

export const heatStyle: string = `
.heat { display: block; position: relative; border-radius: 0.25rem; overflow: hidden; }
.heat img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 0; }
.heat .heat-map { position: absolute; inset: 0; height: 100%; image-rendering: auto; }
.heat-legend { display: flex; align-items: center; gap: 0.625rem; margin: 0 0 1rem; font-size: 0.8125rem; }
.heat-bar { flex: 0 1 12rem; min-width: 4rem; height: 0.75rem; border: 1px solid var(--border); border-radius: 0.25rem; background: ${colourGradient(inferno)}; }
`;

const PALETTE: readonly PaletteColour[] = [
  ...Array.from({ length: LEVELS }, (_, level) => {
    const share = level / (LEVELS - 1);
    return {
      rgb: colourAt(inferno, share),
      alpha: 255 * (OPACITY.least + share * (OPACITY.most - OPACITY.least)),
    };
  }),
  { rgb: [255, 255, 255], alpha: 255 },
];

/** As large as a map is drawn, with the picture's aspect. */
function sized({ height, width }: ImageSize): ImageSize {
  const scale = SIDE / Math.max(height, width);
  return {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  };
}
