import type { Size2d } from "@nin/spec";
import { winogradTransform } from "../winograd/transform.js";
import { im2colCost, winogradCost } from "./cost.js";

/** What the choice of a convolution's formulation depends on. */
export interface ConvolutionShape {
  /** Images in a micro-batch. */
  readonly images: number;
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
const WINOGRAD_TILES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** The formulation that should be fastest for a convolution, by its shape alone. Figures: docs/decisions. */
export function chooseFormulation(shape: ConvolutionShape): FormulationChoice {
  const { kernelSize, stride, padding } = shape;
  const isUnit = (size: Size2d): boolean => size[0] === 1 && size[1] === 1;
  if (isUnit(kernelSize) && isUnit(stride) && padding[0] === 0 && padding[1] === 0) {
    return { kind: "pointwise" };
  }
  if (!isUnit(stride) || isThinOrLarge(shape)) return { kind: "im2col" };
  let best: FormulationChoice = { kind: "im2col" };
  let least = im2colCost(shape);
  const [byRow, byColumn] = kernelSize.map((kernel) =>
    WINOGRAD_TILES.map((tile) => winogradTransform(tile, kernel)),
  );
  for (const rows of byRow ?? []) {
    for (const columns of byColumn ?? []) {
      const cost = winogradCost(shape, rows, columns);
      if (cost < least) [best, least] = [{ kind: "winograd", tile: [rows.tile, columns.tile] }, cost];
    }
  }
  return best;
}

function isThinOrLarge({ channels, outChannels, height, width }: ConvolutionShape): boolean {
  return (
    Math.min(channels, outChannels) < WINOGRAD_MIN_CHANNELS || Math.max(height, width) > WINOGRAD_MAX_EXTENT
  );
}
