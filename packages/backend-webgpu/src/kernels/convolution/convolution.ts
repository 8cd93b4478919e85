import type { Command, Constants, Kernel, Operand } from "../../program/command.js";
import { flatWorkgroups, tiledWorkgroups } from "../../program/command.js";
import type { MatmulKernel } from "../matmul/matmul.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { addPartialsWgsl } from "../weight-gradient/add-partials.wgsl.js";
import { biasGradientWgsl } from "../weight-gradient/bias-gradient.wgsl.js";
import { convolutionDimsWgsl } from "./convolution-dims.wgsl.js";
import { im2colWgsl } from "./im2col.wgsl.js";
import { swapChannelsWgsl } from "./swap-channels.wgsl.js";

/** The geometry of a convolution: which pixels are computed, and what their windows read. */
export interface ConvolutionDims {
  /** Height and width of the image whose pixels are the rows. */
  readonly rows: readonly [number, number];
  /** Height and width of the image that is read. */
  readonly source: readonly [number, number];
  /** Floats of a pixel that is read, a multiple of 8 but for `unfold`. */
  readonly inStride: number;
  /** Floats of a row of the result, a multiple of 8. */
  readonly columns: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

const biasGradientKernel = kernel("bias-gradient", stepUniformsWgsl + biasGradientWgsl, ["read", "write"]);
const addPartialsKernel = kernel("add-partials", stepUniformsWgsl + addPartialsWgsl, ["read", "write"]);
const im2colKernel = kernel("im2col", stepUniformsWgsl + convolutionDimsWgsl + im2colWgsl, ["read", "write"]);
const swapChannelsKernel = kernel("swap-channels", stepUniformsWgsl + swapChannelsWgsl, ["read", "write"]);

/** What is done to the sums, and with which tensor. */
export interface Epilogue {
  readonly bias?: boolean;
  readonly relu?: boolean;
  readonly mask?: boolean;
}

export interface ConvolutionOperands {
  readonly input: Operand;
  readonly weight: Operand;
  /** The epilogue's bias or mask; the weight again where it has none. */
  readonly extra: Operand;
  readonly result: Operand;
}

/** How a product is computed. */
export interface ConvolutionVariant {
  readonly matmul: MatmulKernel;
  /** Products of their own in one dispatch; without a window. */
  readonly groups?: number;
}

/** A convolution; `transposed`: the gradient by its input, from swapped weights. */
export function convolution(
  dims: ConvolutionDims,
  operands: ConvolutionOperands,
  options: ConvolutionVariant & { readonly transposed: boolean; readonly epilogue: Epilogue },
): Command {
  const { bias = false, relu = false, mask = false } = options.epilogue;
  const { tile } = options.matmul;
  const rowsPerImage = dims.rows[0] * dims.rows[1];
  return {
    kernel: options.matmul.convolution,
    constants: {
      ...geometryConstants(dims, options.transposed),
      GROUPED: Number(options.groups !== undefined),
      BIAS: Number(bias),
      RELU: Number(relu),
      MASK: Number(mask),
    },
    dims: dimsWords(dims, { segmentRows: 0, partialStride: 0 }),
    operands: [operands.input, operands.weight, operands.extra, operands.result],
    workgroups: (images) => {
      const columns = Math.ceil(dims.columns / tile.columns);
      const tiles = Math.ceil((images * rowsPerImage) / tile.rows);
      return options.groups === undefined
        ? tiledWorkgroups(columns, tiles)
        : [columns, tiles, options.groups];
    },
  };
}

/** How the pixels of a sum are cut, and the room that a segment's sums take. */
export interface Segments {
  /** Pixels of a segment. */
  readonly rows: number;
  /** Segments of the largest micro-batch. */
  readonly count: number;
  /** Floats of one segment's sums, biases included. */
  readonly stride: number;
}

/** The gradient by the weights, by segments. */
export function weightGradient(
  dims: ConvolutionDims,
  segments: Segments,
  operands: { readonly input: Operand; readonly outputGradient: Operand; readonly partial: Operand },
  options: ConvolutionVariant,
): Command {
  const [kernelHeight, kernelWidth] = dims.kernelSize;
  const elements = options.groups ?? kernelHeight * kernelWidth;
  const { tile } = options.matmul;
  const tiles = elements * Math.ceil(dims.inStride / tile.channels);
  return {
    kernel: options.matmul.weightGradient,
    constants: { ...geometryConstants(dims, false), GROUPED: Number(options.groups !== undefined) },
    dims: dimsWords(dims, { segmentRows: segments.rows, partialStride: segments.stride }),
    operands: [operands.input, operands.outputGradient, operands.partial],
    workgroups: (images) => [
      Math.ceil(dims.columns / tile.columns),
      tiles,
      usedSegments(dims, segments, images),
    ],
  };
}

/** Invocations that share the rows of a segment: the kernel's `ROWS`. */
const BIAS_ROWS = { shared: 32, alone: 1 } as const;

/** The gradient by the biases, by segments. */
export function biasGradient(
  dims: ConvolutionDims,
  segments: Segments,
  biasStart: number,
  operands: { readonly outputGradient: Operand; readonly partial: Operand },
  { sharedSums }: Pick<MatmulKernel, "sharedSums">,
): Command {
  const columns4 = dims.columns / 4;
  return {
    kernel: biasGradientKernel,
    constants: { ROWS: sharedSums ? BIAS_ROWS.shared : BIAS_ROWS.alone },
    dims: [dims.rows[0] * dims.rows[1], columns4, segments.rows, segments.stride, biasStart],
    operands: [operands.outputGradient, operands.partial],
    workgroups: (images) => [Math.ceil(columns4 / 8), usedSegments(dims, segments, images), 1],
  };
}

/** Many segments are added up by many invocations: one alone would wait for each. */
const ADDING = {
  few: { VECTORS: 64, SEGMENTS: 1 },
  many: { VECTORS: 16, SEGMENTS: 16 },
} as const;

/** Adds up the segments' sums. */
export function addPartials(
  dims: ConvolutionDims,
  segments: Segments,
  operands: { readonly partial: Operand; readonly gradient: Operand },
  { sharedSums }: Pick<MatmulKernel, "sharedSums">,
): Command {
  const length4 = segments.stride / 4;
  const constants = sharedSums && segments.count >= 2 * ADDING.many.SEGMENTS ? ADDING.many : ADDING.few;
  return {
    kernel: addPartialsKernel,
    constants,
    dims: [length4, length4, segments.rows, dims.rows[0] * dims.rows[1]],
    operands: [operands.partial, operands.gradient],
    workgroups: () => flatWorkgroups(length4, constants.VECTORS),
  };
}

/** Writes windows as rows: `inStride` are the image's channels, `columns` the padded window's length. */
export function im2col(
  dims: ConvolutionDims,
  operands: { readonly input: Operand; readonly result: Operand },
): Command {
  const rowsPerImage = dims.rows[0] * dims.rows[1];
  return {
    kernel: im2colKernel,
    constants: geometryConstants(dims, false),
    dims: dimsWords(dims, { segmentRows: 0, partialStride: 0 }),
    operands: [operands.input, operands.result],
    workgroups: (images) => flatWorkgroups((images * rowsPerImage * dims.columns) / 4),
  };
}

/** Swaps the channels of weights: [elements, inStride, outStride] to [elements, outStride, inStride]. */
export function swapChannels(
  weights: { readonly elements: number; readonly inStride: number; readonly outStride: number },
  operands: { readonly weight: Operand; readonly result: Operand },
): Command {
  const { elements, inStride, outStride } = weights;
  return {
    kernel: swapChannelsKernel,
    dims: [elements, inStride, outStride],
    operands: [operands.weight, operands.result],
    workgroups: () => flatWorkgroups(elements * inStride * outStride),
  };
}

function usedSegments({ rows }: ConvolutionDims, segments: Segments, images: number): number {
  return Math.ceil((images * rows[0] * rows[1]) / segments.rows);
}

function geometryConstants({ kernelSize, stride, padding }: ConvolutionDims, transposed: boolean): Constants {
  const pointwise =
    [...kernelSize, ...stride].every((size) => size === 1) && padding.every((size) => size === 0);
  return { POINTWISE: Number(pointwise), TRANSPOSED: Number(transposed && !pointwise) };
}

function dimsWords(
  dims: ConvolutionDims,
  { segmentRows, partialStride }: { readonly segmentRows: number; readonly partialStride: number },
): readonly number[] {
  return [
    dims.rows[0] * dims.rows[1],
    dims.rows[1],
    ...dims.source,
    dims.inStride,
    dims.columns / 4,
    ...dims.kernelSize,
    ...dims.stride,
    ...dims.padding,
    segmentRows,
    partialStride,
  ];
}

function kernel(name: string, code: string, bindings: Kernel["bindings"]): Kernel {
  return { name, code, bindings };
}
