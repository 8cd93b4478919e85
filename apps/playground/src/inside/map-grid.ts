import { at, type Tensor } from "@nin/spec";
import { type ColourMapName, colourTables, LEVELS } from "./colour-maps.js";

/** Channels of one image: shape [channels, height, width], row-major. */
export interface Maps {
  readonly values: Float32Array | Float64Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** How maps stand side by side in one picture. Units: pixels. */
export interface MapGrid {
  readonly columns: number;
  readonly rows: number;
  /** Of a value. */
  readonly zoom: number;
  /** From the beginning of a map to that of the next one. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly width: number;
  readonly height: number;
}

/** Values between these are drawn in the colours between the first and the last. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Between maps. Units: pixels. */
const GAP = 2;
/** A map is at least about as large. Units: pixels. */
const LEAST_SIDE = 24;
/** Width by height of the whole picture, about. */
const ASPECT = 1.75;

/**
 * One image's maps out of a layer's output; a view, not a copy. Features are channels of one place.
 *
 * @param output - shape [N, channels, height, width] or [N, features]
 */
export function mapsOf({ shape, data }: Tensor, image = 0): Maps {
  const channels = at(shape, 1);
  const [height, width] = shape.length === 4 ? [at(shape, 2), at(shape, 3)] : [1, 1];
  const size = channels * height * width;
  return { values: data.subarray(image * size, (image + 1) * size), channels, height, width };
}

/** A grid that is somewhat wider than high, in which small maps are magnified. */
export function mapGrid({ channels, height, width }: Omit<Maps, "values">): MapGrid {
  const zoom = Math.max(1, Math.round(LEAST_SIDE / Math.max(height, width)));
  const [cellWidth, cellHeight] = [width * zoom + GAP, height * zoom + GAP];
  const ideal = Math.sqrt((channels * ASPECT * cellHeight) / cellWidth);
  const rows = Math.max(1, Math.round(channels / ideal));
  const columns = Math.ceil(channels / rows);
  return {
    columns,
    rows: Math.ceil(channels / columns),
    zoom,
    cellWidth,
    cellHeight,
    width: columns * cellWidth - GAP,
    height: Math.ceil(channels / columns) * cellHeight - GAP,
  };
}

/** The least and the largest value of each channel. */
export function channelRanges({ values, channels, height, width }: Maps): readonly ValueRange[] {
  const size = height * width;
  return Array.from({ length: channels }, (_, channel) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = channel * size; index < (channel + 1) * size; index += 1) {
      const value = values[index] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return { low, high };
  });
}

/** One range for some, with 0 in it. */
export function commonRange(ranges: readonly ValueRange[]): ValueRange {
  return {
    low: ranges.reduce((least, { low }) => Math.min(least, low), 0),
    high: ranges.reduce((most, { high }) => Math.max(most, high), 0),
  };
}

/** Signed values have their zero in the middle of the colours, others at the first. */
export function colourMapOf({ low }: ValueRange): ColourMapName {
  return low < 0 ? "diverging" : "sequential";
}

/** The range that the colours stand for. */
export function colourRange(range: ValueRange, name: ColourMapName): ValueRange {
  if (name === "sequential") return { low: 0, high: range.high };
  const most = Math.max(-range.low, range.high);
  return { low: -most, high: most };
}

/**
 * Draws all maps into one picture.
 *
 * @param pixels - of the grid's width by its height, as `ImageData` has them; between maps they stay as they are
 * @param rangeOf - the values of the first and the last colour, for each channel; an empty range gives the first colour
 *   of `sequential` and the middle of `diverging`
 */
export function drawMaps(
  maps: Maps,
  grid: MapGrid,
  pixels: Uint32Array,
  rangeOf: (channel: number) => ValueRange,
  name: ColourMapName,
): void {
  const { values, channels, height, width } = maps;
  const table = colourTables[name];
  const last = LEVELS - 1;
  for (let channel = 0; channel < channels; channel += 1) {
    const { low, high } = rangeOf(channel);
    const isEmpty = !(high > low);
    const [factor, offset] = isEmpty ? [0, name === "diverging" ? last / 2 : 0] : [last / (high - low), 0];
    const start = originOf(channel, grid);
    for (let y = 0, index = channel * height * width; y < height; y += 1) {
      const row = start + y * grid.zoom * grid.width;
      for (let x = 0; x < width; x += 1, index += 1) {
        const level = ((values[index] as number) - low) * factor + offset;
        // Not a number becomes the first colour.
        const colour = table[level > 0 ? (level < last ? (level + 0.5) | 0 : last) : 0] as number;
        for (let dx = 0; dx < grid.zoom; dx += 1) pixels[row + x * grid.zoom + dx] = colour;
      }
      const drawn = width * grid.zoom;
      for (let dy = 1; dy < grid.zoom; dy += 1) pixels.copyWithin(row + dy * grid.width, row, row + drawn);
    }
  }
}

/** The channel at a place of the picture; undefined where there is none. Units: shares of width and height, from 0 to 1. */
export function channelAt(x: number, y: number, grid: MapGrid, channels: number): number | undefined {
  const column = Math.floor((x * grid.width) / grid.cellWidth);
  const row = Math.floor((y * grid.height) / grid.cellHeight);
  if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return undefined;
  const channel = row * grid.columns + column;
  return channel < channels ? channel : undefined;
}

/** One channel as maps of their own; a view, not a copy. */
export function oneMap({ values, height, width }: Maps, channel: number): Maps {
  const size = height * width;
  return { values: values.subarray(channel * size, (channel + 1) * size), channels: 1, height, width };
}

/** What a channel has: `largest 4.21 in row 2, column 5 of 28×28, 63% zeros`. */
export function channelText({ values, height, width }: Maps): string {
  const given = Array.from(values);
  const most = given.reduce((a, b) => Math.max(a, b));
  if (given.length === 1) return formatValue(most);
  const zeros = given.filter((value) => value === 0).length;
  if (zeros === given.length) return "0 everywhere";
  const place = given.indexOf(most);
  const where = `row ${Math.floor(place / width) + 1}, column ${(place % width) + 1} of ${height}\u00d7${width}`;
  const least = given.reduce((a, b) => Math.min(a, b));
  const rest =
    least < 0 ? `least ${formatValue(least)}` : `${Math.round((100 * zeros) / given.length)}% zeros`;
  return `largest ${formatValue(most)} in ${where}, ${rest}`;
}

/** So many digits: `12.34`, `0.001234`, `2.29e-6`. */
export function formatValue(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return `${value}`;
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2);
  return (size >= 10 ** digits ? value.toFixed(0) : value.toPrecision(digits)).replace("-", "\u2212");
}

function originOf(channel: number, { columns, cellWidth, cellHeight, width }: MapGrid): number {
  return Math.floor(channel / columns) * cellHeight * width + (channel % columns) * cellWidth;
}
