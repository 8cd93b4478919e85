import type { Size2d } from "@nin/spec";
import { winogradProducts } from "../winograd/groups.js";
import type { WinogradTransform } from "../winograd/transform.js";
import type { ConvolutionShape } from "./choose-formulation.js";

/**
 * Estimates of a convolution's time, forward and backward, to choose by. Units: multiply-adds of a
 * large matrix product; all else is weighed against them by measurement (docs/decisions).
 */

/** Reading or writing one element once, in a pass of its own over memory. */
const ELEMENT = 35;
/** A multiply-add in a product with a small matrix, as transforms are. */
const THIN_PRODUCT = 2.6;
/** A product's inner or outer extent costs as if it were longer by this. */
const EDGE = 16;
/** Forward, input gradient, weight gradient. */
const PRODUCTS = 3;
/** How often an element between two products is read or written, forward and backward together. */
const PASSES = 5;

/** One product for each window, of windows that are gathered first. */
export function im2colCost(shape: ConvolutionShape): number {
  const { images, channels, outChannels, kernelSize } = shape;
  const [outHeight, outWidth] = outExtents(shape);
  const windows = outHeight * outWidth * images;
  const taps = kernelSize[0] * kernelSize[1];
  const products = PRODUCTS * (taps * channels + EDGE) * (outChannels + EDGE);
  return windows * (products + PASSES * ELEMENT * taps * (channels + outChannels));
}

/** Tiles of the given size; each of their products meets all channels. */
export function winogradCost(
  shape: ConvolutionShape,
  rows: WinogradTransform,
  columns: WinogradTransform,
): number {
  const { images, channels, outChannels, kernelSize } = shape;
  const [outHeight, outWidth] = outExtents(shape);
  const tiles = images * Math.ceil(outHeight / rows.tile) * Math.ceil(outWidth / columns.tile);
  const products = winogradProducts(rows, columns);
  const weightTransform = THIN_PRODUCT * kernelSize[0] * kernelSize[1];
  const perWeight = PRODUCTS * (tiles + ELEMENT) + weightTransform;
  const perTile = PASSES * ELEMENT * (channels + outChannels);
  return products * ((channels + EDGE) * (outChannels + EDGE) * perWeight + tiles * perTile);
}

function outExtents({ height, width, kernelSize, padding }: ConvolutionShape): Size2d {
  return [height + 2 * padding[0] - kernelSize[0] + 1, width + 2 * padding[1] - kernelSize[1] + 1];
}
