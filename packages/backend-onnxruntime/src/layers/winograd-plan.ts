import type { Size2d } from "@nin/spec";
import type { Convolution } from "./conv2d.js";
import { type ImageExtents, imageExtents } from "./feature-map.js";
import { kronecker, type Matrix } from "./matrix.js";
import { type WinogradTransform, winogradTransform } from "./winograd-transform.js";

/** Tiles along one axis of an image. */
export interface TiledAxis {
  readonly transform: WinogradTransform;
  readonly tiles: number;
  readonly outExtent: number;
  /** [size * tiles, extent]: `B^T` of every tile at once, padding included. */
  readonly input: Matrix;
}

/** The tiles of a Winograd convolution, and its transforms as constant matrices. */
export interface WinogradPlan {
  readonly image: ImageExtents;
  readonly outChannels: number;
  readonly tile: Size2d;
  readonly rows: TiledAxis;
  readonly columns: TiledAxis;
  /** Tiles of an image. */
  readonly tiles: number;
  /** Products a tile: the first axis of everything transformed. */
  readonly sizes: number;
  /** [sizes, kernelHeight * kernelWidth]: `G` along both axes. */
  readonly weightTransform: Matrix;
  /** [tileHeight * tileWidth, sizes]: `A^T` along both axes. */
  readonly outputTransform: Matrix;
}

export function planWinograd(
  { input, outChannels, kernelSize, padding }: Convolution,
  tile: Size2d,
): WinogradPlan {
  const image = imageExtents(input);
  const rows = tiledAxis(image.height, kernelSize[0], padding[0], tile[0]);
  const columns = tiledAxis(image.width, kernelSize[1], padding[1], tile[1]);
  return {
    image,
    outChannels,
    tile,
    rows,
    columns,
    tiles: rows.tiles * columns.tiles,
    sizes: rows.transform.size * columns.transform.size,
    weightTransform: kronecker(rows.transform.weight, columns.transform.weight),
    outputTransform: kronecker(rows.transform.output, columns.transform.output),
  };
}

function tiledAxis(extent: number, kernel: number, padding: number, tile: number): TiledAxis {
  const transform = winogradTransform(tile, kernel);
  const outExtent = extent + 2 * padding - kernel + 1;
  const tiles = Math.ceil(outExtent / tile);
  const input = transform.input.flatMap((coefficients) =>
    Array.from({ length: tiles }, (_, index) => {
      const row = new Array<number>(extent).fill(0);
      coefficients.forEach((coefficient, offset) => {
        const position = index * tile - padding + offset;
        if (position >= 0 && position < extent) row[position] = coefficient;
      });
      return row;
    }),
  );
  return { transform, tiles, outExtent, input };
}
