import type { ConvolutionArithmetic } from "@nin/backend";
import type { Size2d } from "@nin/spec";
import { multiplicationsPerTile } from "../winograd/groups.js";
import {
  MOST_REAL_POINTS,
  type WinogradPoints,
  type WinogradTransform,
  winogradTransform,
} from "../winograd/transform.js";

/** What the choice of a convolution's formulation depends on. */
export interface ConvolutionShape {
  readonly microBatchSize: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
}

export type FormulationChoice =
  | { readonly kind: "pointwise" }
  | { readonly kind: "im2col" }
  | { readonly kind: "winograd"; readonly tile: Size2d; readonly points: WinogradPoints };

/** With fewer channels the matrix products of a Winograd convolution are too thin to be worth its transforms. */
const WINOGRAD_MIN_CHANNELS = 16;
/** The transforms multiply by dense matrices, which grow with the image. */
const WINOGRAD_MAX_EXTENT = 64;
const WINOGRAD_TILES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** The formulation that is estimated to be fastest for a convolution, from its shape alone. Measurements: docs/decisions. */
export function chooseFormulation(
  shape: ConvolutionShape,
  arithmetic: ConvolutionArithmetic = "exact",
): FormulationChoice {
  const { kernelSize, stride, padding } = shape;
  const isUnit = (size: Size2d): boolean => size[0] === 1 && size[1] === 1;
  if (isUnit(kernelSize) && isUnit(stride) && padding[0] === 0 && padding[1] === 0) {
    return { kind: "pointwise" };
  }
  if (!isUnit(stride) || isThinOrLarge(shape)) return { kind: "im2col" };
  let best: FormulationChoice = { kind: "im2col" };
  let least = im2colCost(shape);
  for (const points of arithmetic === "fast" ? (["roots", "real"] as const) : (["roots"] as const)) {
    const columnTransforms = transformsFor(kernelSize[1], points);
    for (const rows of transformsFor(kernelSize[0], points)) {
      for (const columns of columnTransforms) {
        const cost = winogradCost(shape, rows, columns);
        if (cost < least)
          [best, least] = [{ kind: "winograd", tile: [rows.tile, columns.tile], points }, cost];
      }
    }
  }
  return best;
}

function transformsFor(kernel: number, points: WinogradPoints): readonly WinogradTransform[] {
  const tiles = WINOGRAD_TILES.filter((tile) => points === "roots" || tile + kernel - 1 <= MOST_REAL_POINTS);
  return tiles.map((tile) => winogradTransform(tile, kernel, points));
}

function isThinOrLarge({ channels, outChannels, height, width }: ConvolutionShape): boolean {
  return (
    Math.min(channels, outChannels) < WINOGRAD_MIN_CHANNELS || Math.max(height, width) > WINOGRAD_MAX_EXTENT
  );
}

// The cost of a convolution is an estimate of its time, forward and backward together, in multiply-adds of a large
// matrix product. Everything else is weighted relative to these; the weights were measured (docs/decisions).

/** Reading or writing one element once, in a separate pass over memory. */
const ELEMENT = 35;
/** A multiply-add in a product with a small matrix, as in a transform. */
const THIN_MATMUL = 2.6;
/** The inner or outer extent of a matrix product costs as if it were longer by this. */
const EDGE = 16;
/** Forward, input gradient, weight gradient. */
const MATMULS = 3;
/** How often an element between two matrix products is read or written, forward and backward together. */
const PASSES = 5;

/** All windows are gathered first, then multiplied by the weight. */
function im2colCost(shape: ConvolutionShape): number {
  const { microBatchSize, channels, outChannels, kernelSize } = shape;
  const [outHeight, outWidth] = outExtents(shape);
  const windows = outHeight * outWidth * microBatchSize;
  const taps = kernelSize[0] * kernelSize[1];
  const matmuls = MATMULS * (taps * channels + EDGE) * (outChannels + EDGE);
  return windows * (matmuls + PASSES * ELEMENT * taps * (channels + outChannels));
}

/** Tiles of the given size; each multiplication of a tile is done for every pair of channels. */
function winogradCost(shape: ConvolutionShape, rows: WinogradTransform, columns: WinogradTransform): number {
  const { microBatchSize, channels, outChannels, kernelSize } = shape;
  const [outHeight, outWidth] = outExtents(shape);
  const tiles = microBatchSize * Math.ceil(outHeight / rows.tile) * Math.ceil(outWidth / columns.tile);
  const multiplications = multiplicationsPerTile(rows, columns);
  const weightTransform = THIN_MATMUL * kernelSize[0] * kernelSize[1];
  const perWeight = MATMULS * (tiles + ELEMENT) + weightTransform;
  const perTile = PASSES * ELEMENT * (channels + outChannels);
  return multiplications * ((channels + EDGE) * (outChannels + EDGE) * perWeight + tiles * perTile);
}

function outExtents({ height, width, kernelSize, padding }: ConvolutionShape): Size2d {
  return [height + 2 * padding[0] - kernelSize[0] + 1, width + 2 * padding[1] - kernelSize[1] + 1];
}
