import type { Command, Constants, Kernel, Operand } from "../runtime/command.js";
import { flatWorkgroups } from "../runtime/command.js";
import type { Epilogue } from "./convolution.js";
import { convolutionEpilogueWgsl } from "./convolution-epilogue.wgsl.js";
import { runWgsl } from "./run.wgsl.js";
import { winogradWgsl } from "./winograd.wgsl.js";
import { winogradInputWgsl } from "./winograd-input.wgsl.js";
import { winogradOutputWgsl } from "./winograd-output.wgsl.js";
import { winogradOutputGradientWgsl } from "./winograd-output-gradient.wgsl.js";
import { winogradWeightGradientWgsl } from "./winograd-weight-gradient.wgsl.js";
import { winogradWeightsWgsl } from "./winograd-weights.wgsl.js";

/** Products of a patch: its elements. */
export const PATCH_ELEMENTS = 36;

/** Extent of a patch. */
const PATCH = 6;

/** How an image is cut into tiles. */
export interface TileDims {
  /** Of the window: 3 or 5. */
  readonly kernel: number;
  readonly tiles: readonly [number, number];
}

/** An image that is read or written by tiles. */
export interface TiledImage {
  readonly extents: readonly [number, number];
  /** Floats of a pixel. */
  readonly stride: number;
}

/** Extent of a tile of outputs. */
export function tileExtent(kernel: number): number {
  return PATCH - kernel + 1;
}

const prelude = runWgsl + winogradWgsl;

const kernels = {
  input: kernel("winograd-input", winogradInputWgsl, ["read", "write"]),
  output: kernel("winograd-output", convolutionEpilogueWgsl + winogradOutputWgsl, ["read", "read", "write"]),
  outputGradient: kernel("winograd-output-gradient", winogradOutputGradientWgsl, ["read", "write"]),
  weights: kernel("winograd-weights", winogradWeightsWgsl, ["read", "write"]),
  weightGradient: kernel("winograd-weight-gradient", winogradWeightGradientWgsl, ["read", "write"]),
} as const;

/** The transforms' text. */
export const winogradCode = Object.values(kernels)
  .map(({ code }) => code)
  .join("\n");

/** Transforms an image's patches; the first one begins `padding` pixels before the image. */
export function winogradInput(
  dims: TileDims,
  image: TiledImage,
  padding: readonly [number, number],
  operands: { readonly image: Operand; readonly result: Operand },
): Command {
  return overTiles(kernels.input, dims, image, padding, [operands.image, operands.result], {});
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
  return overTiles(kernels.output, dims, image, [0, 0], [products, extra, result], constants);
}

/** Transforms the gradient by an output. */
export function winogradOutputGradient(
  dims: TileDims,
  image: TiledImage,
  operands: { readonly image: Operand; readonly result: Operand },
): Command {
  return overTiles(kernels.outputGradient, dims, image, [0, 0], [operands.image, operands.result], {});
}

/** Transforms weights; `swapped`: for the gradient by the input. */
export function winogradWeights(
  kernelExtent: number,
  weights: { readonly inStride: number; readonly outStride: number },
  operands: { readonly weight: Operand; readonly result: Operand },
  options: { readonly swapped: boolean },
): Command {
  const { inStride, outStride } = weights;
  const [rows, columns] = options.swapped ? [outStride, inStride] : [inStride, outStride];
  return {
    kernel: kernels.weights,
    constants: { ...tileConstants(kernelExtent), SWAPPED: Number(options.swapped) },
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
  const pairs4 = sums.pairs / 4;
  return {
    kernel: kernels.weightGradient,
    constants: tileConstants(dims.kernel),
    dims: [pairs4, sums.segmentRows, 0, ...dims.tiles, 0, 0],
    operands: [operands.partial, operands.gradient],
    workgroups: () => flatWorkgroups(pairs4),
  };
}

function overTiles(
  tileKernel: Kernel,
  { kernel: kernelExtent, tiles }: TileDims,
  { extents, stride }: TiledImage,
  padding: readonly [number, number],
  operands: readonly Operand[],
  constants: Constants,
): Command {
  const channels4 = stride / 4;
  return {
    kernel: tileKernel,
    constants: { ...tileConstants(kernelExtent), ...constants },
    dims: [channels4, ...extents, ...tiles, ...padding],
    operands,
    workgroups: (images) => flatWorkgroups(images * tiles[0] * tiles[1] * channels4),
  };
}

function tileConstants(kernelExtent: number): Constants {
  return { KERNEL: kernelExtent, TILE: tileExtent(kernelExtent) };
}

function kernel(name: string, main: string, bindings: Kernel["bindings"]): Kernel {
  return { name, code: prelude + main, bindings };
}
