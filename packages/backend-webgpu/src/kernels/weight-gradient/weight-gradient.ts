import type { Command, Operand } from "../../program/command.js";
import type { ConvolutionVariant } from "../convolution/convolution.js";
import { type ConvolutionDims, geometryConstants, geometryValues } from "../convolution/geometry.js";
import { command } from "../kernel.js";
import { type Segments, usedSegments } from "./segments.js";

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
