import type { Size2d } from "@nin/spec";

/** What the choice of a convolution's formulation depends on. */
export interface ConvolutionShape {
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
  | { readonly kind: "winograd"; readonly tile: Size2d };

/** Fewer channels than this leave a Winograd product too thin to be worth its transforms. */
const WINOGRAD_MIN_CHANNELS = 16;
/** The transforms are products with dense matrices, which grow with the image. */
const WINOGRAD_MAX_EXTENT = 64;

/** The formulation of a convolution, by its shape alone. Figures: docs/decisions. */
export function chooseFormulation(shape: ConvolutionShape): FormulationChoice {
  const { kernelSize, stride, padding } = shape;
  const isUnit = (size: Size2d): boolean => size[0] === 1 && size[1] === 1;
  if (isUnit(kernelSize) && isUnit(stride) && padding[0] === 0 && padding[1] === 0) {
    return { kind: "pointwise" };
  }
  const tile = isUnit(stride) ? winogradTile(shape) : undefined;
  return tile === undefined ? { kind: "im2col" } : { kind: "winograd", tile };
}

function winogradTile(shape: ConvolutionShape): Size2d | undefined {
  const { kernelSize, padding, height, width, channels, outChannels } = shape;
  if (kernelSize.some((size) => size !== 3 && size !== 5)) return undefined;
  if (Math.min(channels, outChannels) < WINOGRAD_MIN_CHANNELS) return undefined;
  if (Math.max(height, width) > WINOGRAD_MAX_EXTENT) return undefined;
  const rows = tileExtent(height + 2 * padding[0] - kernelSize[0] + 1, kernelSize[0]);
  const columns = tileExtent(width + 2 * padding[1] - kernelSize[1] + 1, kernelSize[1]);
  return rows === undefined || columns === undefined ? undefined : [rows, columns];
}

/** The tile with the fewest products along one axis, if it saves at least a third of them. */
function tileExtent(outputExtent: number, kernel: number): number | undefined {
  const products = (tile: number): number => Math.ceil(outputExtent / tile) * (tile + kernel - 1);
  const best = products(4) <= products(2) ? 4 : 2;
  return products(best) * 1.5 <= outputExtent * kernel ? best : undefined;
}
