import type { Size2d } from "@nin/spec";
import type { Convolution } from "../convolution/convolution.js";
import { type Matrix, transposeMatrix } from "../graph/matmul.js";
import { type ImageExtents, imageExtents } from "../layouts/feature-map.js";
import { type WinogradGroup, winogradGroups } from "./groups.js";
import {
  imaginaryPart,
  realPart,
  type WinogradPoint,
  type WinogradPoints,
  type WinogradTransform,
  winogradTransform,
} from "./transform.js";

/** Tiles along one axis of an image. */
export interface TiledAxis {
  readonly transform: WinogradTransform;
  readonly tiles: number;
  readonly outExtent: number;
}

/** A group of points, with its transforms as constant matrices over whole images. */
export interface TiledGroup extends WinogradGroup {
  /** [rowPoints * parts * rowTiles, height]: from the image's rows to the row points' parts. */
  readonly rowInput: Matrix;
  /** [multiplications * columnTiles, parts * width]: from parts to factors, for all tiles of a row. */
  readonly columnInput: Matrix;
  /** [tileHeight, rowPoints * parts]: from the row points' parts to a tile's rows. */
  readonly rowOutput: Matrix;
}

/** How a Winograd convolution is computed. */
export interface WinogradTiling {
  readonly tile: Size2d;
  /** Of both axes. */
  readonly points: WinogradPoints;
}

/** The tiles and transforms of a Winograd convolution. */
export interface WinogradPlan {
  readonly image: ImageExtents;
  readonly outChannels: number;
  readonly kernelSize: Size2d;
  readonly tile: Size2d;
  readonly rows: TiledAxis;
  readonly columns: TiledAxis;
  readonly groups: readonly TiledGroup[];
}

/** Lays out the tiles of a stride-1 convolution and computes its transforms. */
export function planWinograd(
  { input, outChannels, kernelSize, padding }: Convolution,
  { tile, points }: WinogradTiling,
): WinogradPlan {
  const image = imageExtents(input);
  const rows = tiledAxis(image.height, padding[0], winogradTransform(tile[0], kernelSize[0], points));
  const columns = tiledAxis(image.width, padding[1], winogradTransform(tile[1], kernelSize[1], points));
  const groups = winogradGroups(rows.transform, columns.transform).map((group) => ({
    ...group,
    rowInput: tiled(group.rowPoints.flatMap(inputParts(group)), image.height, rows, padding[0], 1),
    columnInput: tiled(group.input, image.width, columns, padding[1], group.parts),
    rowOutput: transposeMatrix(group.rowPoints.flatMap(outputParts(group))),
  }));
  return { image, outChannels, kernelSize, tile, rows, columns, groups };
}

function tiledAxis(extent: number, padding: number, transform: WinogradTransform): TiledAxis {
  const outExtent = extent + 2 * padding - transform.kernel + 1;
  return { transform, tiles: Math.ceil(outExtent / transform.tile), outExtent };
}

/**
 * Repeats every row of a matrix that reads one tile for each tile of the axis, so that it reads the whole axis;
 * coefficients of padding are omitted. [rows * tiles, parts * extent].
 */
function tiled(matrix: Matrix, extent: number, axis: TiledAxis, padding: number, parts: number): Matrix {
  const { size, tile } = axis.transform;
  return matrix.flatMap((line) =>
    Array.from({ length: axis.tiles }, (_, index) => {
      const row = new Array<number>(parts * extent).fill(0);
      line.forEach((coefficient, offset) => {
        const position = index * tile - padding + (offset % size);
        const part = Math.floor(offset / size);
        if (position >= 0 && position < extent) row[part * extent + position] = coefficient;
      });
      return row;
    }),
  );
}

function inputParts({ parts }: WinogradGroup): (point: WinogradPoint) => Matrix {
  return ({ input }) =>
    parts === 1 ? [input.map(realPart)] : [input.map(realPart), input.map(imaginaryPart)];
}

/** A complex row point and its conjugate together give twice the real part. */
function outputParts({ parts }: WinogradGroup): (point: WinogradPoint) => Matrix {
  return ({ output }) =>
    parts === 1
      ? [output.map(realPart)]
      : [output.map((value) => 2 * value.re), output.map((value) => -2 * value.im)];
}
