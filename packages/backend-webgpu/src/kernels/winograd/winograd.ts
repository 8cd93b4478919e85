import type { Command, Constants, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups } from "../../program/command.js";
import type { Epilogue } from "../convolution/convolution.js";
import { convolutionEpilogueWgsl } from "../convolution/convolution-epilogue.wgsl.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { winogradFourthRootsWgsl } from "./fourth-roots.wgsl.js";
import { winogradInputWgsl } from "./input-transform.wgsl.js";
import { winogradOutputGradientWgsl } from "./output-gradient-transform.wgsl.js";
import { winogradOutputWgsl } from "./output-transform.wgsl.js";
import { loadPlanesWgsl, storePlanesWgsl } from "./planes.wgsl.js";
import { winogradSixthRootsWgsl } from "./sixth-roots.wgsl.js";
import { winogradWeightGradientWgsl } from "./weight-gradient-transform.wgsl.js";
import { winogradWeightsWgsl } from "./weight-transform.wgsl.js";
import { winogradWgsl } from "./winograd.wgsl.js";

/** Extents of the windows that have transforms. */
export type WinogradExtent = 3 | 5;

/** Extent of a tile of outputs. */
export const TILE_EXTENT = 4;

/** Matrix products, one for each plane of a transformed tensor, by the window's extent. */
export const PLANES = { 3: 46, 5: 88 } as const satisfies Record<WinogradExtent, number>;

/** How an image is cut into tiles. */
export interface TileDims {
  readonly kernel: WinogradExtent;
  readonly tiles: readonly [number, number];
}

/** An image that is read or written by tiles. */
export interface TiledImage {
  readonly extents: readonly [number, number];
  /** Floats of a pixel. */
  readonly stride: number;
}

const kernels = {
  3: transforms("3x3", winogradFourthRootsWgsl),
  5: transforms("5x5", winogradSixthRootsWgsl),
} as const satisfies Record<WinogradExtent, unknown>;

/** The transforms' text. */
export const winogradCode = Object.values(kernels)
  .flatMap((own) => Object.values(own))
  .map(({ code }) => code)
  .join("\n");

/** Transforms an image's patches; the first one begins `padding` pixels before the image. */
export function winogradInput(
  dims: TileDims,
  image: TiledImage,
  padding: readonly [number, number],
  operands: { readonly image: Operand; readonly result: Operand },
): Command {
  return overTiles(kernels[dims.kernel].input, dims, image, padding, [operands.image, operands.result], {});
}

/** Transforms products back to an image. */
export function winogradOutput(
  dims: TileDims,
  image: TiledImage,
  operands: { readonly products: Operand; readonly extra: Operand; readonly result: Operand },
  { bias = false, relu = false, mask = false }: Epilogue,
): Command {
  const constants = { BIAS: Number(bias), RELU: Number(relu), MASK: Number(mask) };
  const { products, extra, result } = operands;
  return overTiles(kernels[dims.kernel].output, dims, image, [0, 0], [products, extra, result], constants);
}

/** Transforms the gradient by an output. */
export function winogradOutputGradient(
  dims: TileDims,
  image: TiledImage,
  operands: { readonly image: Operand; readonly result: Operand },
): Command {
  return overTiles(
    kernels[dims.kernel].outputGradient,
    dims,
    image,
    [0, 0],
    [operands.image, operands.result],
    {},
  );
}

/** Transforms weights; `swapped`: for the gradient by the input. */
export function winogradWeights(
  kernel: WinogradExtent,
  weights: { readonly inStride: number; readonly outStride: number },
  operands: { readonly weight: Operand; readonly result: Operand },
  options: { readonly swapped: boolean },
): Command {
  const { inStride, outStride } = weights;
  const [rows, columns] = options.swapped ? [outStride, inStride] : [inStride, outStride];
  return {
    kernel: kernels[kernel].weights,
    constants: { SWAPPED: Number(options.swapped) },
    dims: [rows, columns, 0, 0, 0, 0, 0],
    operands: [operands.weight, operands.result],
    workgroups: () => flatWorkgroups(inStride * outStride),
  };
}

/** Transforms the gradient by the transformed weights, of `pairs` of channels, back. */
export function winogradWeightGradient(
  dims: TileDims,
  sums: { readonly pairs: number; readonly segmentRows: number },
  operands: { readonly partial: Operand; readonly gradient: Operand },
): Command {
  return {
    kernel: kernels[dims.kernel].weightGradient,
    dims: [sums.pairs, sums.segmentRows, 0, ...dims.tiles, 0, 0],
    operands: [operands.partial, operands.gradient],
    workgroups: () => flatWorkgroups(sums.pairs),
  };
}

function overTiles(
  tileKernel: Kernel,
  { tiles }: TileDims,
  { extents, stride }: TiledImage,
  padding: readonly [number, number],
  operands: readonly Operand[],
  constants: Constants,
): Command {
  return {
    kernel: tileKernel,
    constants,
    dims: [stride, ...extents, ...tiles, ...padding],
    operands,
    workgroups: (images) => flatWorkgroups(images * tiles[0] * tiles[1] * stride),
  };
}

/** The transforms for one extent of the window, whose points `roots` has. */
function transforms(extent: string, roots: string) {
  const prelude = stepUniformsWgsl + winogradWgsl + roots;
  const kernel = (name: string, main: string, bindings: Kernel["bindings"]): Kernel => ({
    name: `${name}-${extent}`,
    code: prelude + main,
    bindings,
  });
  const output = convolutionEpilogueWgsl + loadPlanesWgsl + winogradOutputWgsl;
  return {
    input: kernel("winograd-input", storePlanesWgsl + winogradInputWgsl, ["read", "write"]),
    output: kernel("winograd-output", output, ["read", "read", "write"]),
    outputGradient: kernel("winograd-output-gradient", storePlanesWgsl + winogradOutputGradientWgsl, [
      "read",
      "write",
    ]),
    weights: kernel("winograd-weights", storePlanesWgsl + winogradWeightsWgsl, ["read", "write"]),
    weightGradient: kernel("winograd-weight-gradient", loadPlanesWgsl + winogradWeightGradientWgsl, [
      "read",
      "write",
    ]),
  } as const;
}
