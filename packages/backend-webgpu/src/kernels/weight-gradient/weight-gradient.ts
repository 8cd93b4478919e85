import type { Command, Operand } from "../../program/command.js";
import type { ConvolutionVariant } from "../convolution/convolution.js";
import {
  type ConvolutionDims,
  geometryConstants,
  geometryValues,
  rowsPerImage,
} from "../convolution/geometry.js";
import { command } from "../kernel.js";

/** How the pixels of a sum are cut, and the room that a segment's sums take. */
export interface Segments {
  /** Pixels of a segment. */
  readonly rows: number;
  /** Segments of the largest micro-batch. */
  readonly count: number;
  /** Floats of one segment's sums, biases included. */
  readonly stride: number;
}

/** Segments of so many images. */
export function usedSegments(dims: ConvolutionDims, segments: Segments, imageCount: number): number {
  return Math.ceil((imageCount * rowsPerImage(dims)) / segments.rows);
}

/** Rows that are added up in one go, so that long sums stay exact. */
const SEGMENT_ROWS = 1024;

/** Segments' sums take at most this. Units: floats. */
const MAX_PARTIAL_LENGTH = 2 ** 23;

/** Cuts a sum over `rows` rows into segments, whose sums take `stride` floats each. */
export function segmentsOf(rows: number, stride: number): Segments {
  const most = Math.max(1, Math.floor(MAX_PARTIAL_LENGTH / stride));
  const segmentRows = Math.max(SEGMENT_ROWS, Math.ceil(rows / most));
  return { rows: segmentRows, count: Math.ceil(rows / segmentRows), stride };
}

/** The gradient by the weights, by segments. */
export function weightGradient(
  dims: ConvolutionDims,
  segments: Segments,
  operands: { readonly input: Operand; readonly outputGradient: Operand; readonly partial: Operand },
  { matmul, groups }: ConvolutionVariant,
): Command {
  const [kernelHeight, kernelWidth] = dims.kernelSize;
  const { tile } = matmul;
  const columns = Math.ceil(dims.columns / tile.columns);
  const tiles = (groups ?? kernelHeight * kernelWidth) * Math.ceil(dims.inStride / tile.channels);
  return command({
    kernel: matmul.weightGradient,
    constants: { ...geometryConstants(dims, false), GROUPED: Number(groups !== undefined) },
    dims: { ...geometryValues(dims), segmentRows: segments.rows, partialStride: segments.stride },
    operands,
    workgroups: (imageCount) => [columns, tiles, usedSegments(dims, segments, imageCount)],
  });
}
