import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { type ConvolutionDims, rowsPerImage } from "../convolution/geometry.js";
import { command, kernel } from "../kernel.js";
import type { MatmulKernel } from "../matmul/matmul.js";
import { type Segments, usedSegments } from "./weight-gradient.js";

const biasDims = uniformStruct({
  rowsPerImage: "u32",
  /** vec4s of a row. */
  columns4: "u32",
  segmentRows: "u32",
  /** Floats of one segment's sums, and where those of the biases begin among them. */
  partialStride: "u32",
  biasStart: "u32",
});

/** vec4s of columns of a workgroup. */
const COLUMNS4 = 8;

/**
 * A convolution's gradient by its bias, one segment of the pixels at a time: the sum of each column
 * of the output's gradient. Its terms often cancel, so what each addition rounds away is kept.
 *
 * Layouts: outputGradient [rows, columns]; partial [segments, partialStride], of which biases begin
 * at biasStart. One workgroup of 8 by ROWS invocations: 8 vec4s of columns of a segment. Each adds up
 * every ROWSth row, then the first 8 what the others found. Dispatch: (columns / 4 / 8, segments).
 *
 * Source: Kahan, Further Remarks on Reducing Truncation Errors, 1965.
 */
const biasGradientWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;

const COLUMNS4 = 8u;
override ROWS: u32;

// A sum is value - lost.
struct Sum { value: vec4f, lost: vec4f }

var<workgroup> sums: array<Sum, COLUMNS4 * ROWS>;  // [ROWS, COLUMNS4]

fn add(sum: Sum, addend: vec4f) -> Sum {
  let term = addend - sum.lost;
  let next = sum.value + term;
  return Sum(next, (next - sum.value) - term);
}

@compute @workgroup_size(COLUMNS4, ROWS)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = tile.x * COLUMNS4 + local.x;
  let readColumn = min(column, dims.columns4 - 1u);
  let begin = tile.y * dims.segmentRows;
  let end = min(begin + dims.segmentRows, uniforms.imageCount * dims.rowsPerImage);
  var sum = Sum();
  for (var row = begin + local.y; row < end; row += ROWS) {
    sum = add(sum, outputGradient[row * dims.columns4 + readColumn]);
  }
  if (ROWS > 1u) {
    sums[lane] = sum;
    workgroupBarrier();
    if (local.y > 0u) { return; }
    for (var i = 1u; i < ROWS; i++) {
      let other = sums[i * COLUMNS4 + local.x];
      sum = add(add(sum, other.value), -other.lost);
    }
  }
  if (column >= dims.columns4) { return; }
  partial[(tile.y * dims.partialStride + dims.biasStart) / 4u + column] = sum.value;
}
`;

const biasGradientKernel = kernel({ name: "bias-gradient", dims: biasDims, code: [biasGradientWgsl] });

/** Invocations that share the rows of a segment: the kernel's `ROWS`. */
const ROWS = { shared: 32, alone: 1 } as const;

/** The gradient by the biases, by segments. */
export function biasGradient(
  dims: ConvolutionDims,
  segments: Segments,
  biasStart: number,
  operands: { readonly outputGradient: Operand; readonly partial: Operand },
  { sharedSums }: Pick<MatmulKernel, "sharedSums">,
): Command {
  const columns4 = dims.columns / 4;
  return command({
    kernel: biasGradientKernel,
    constants: { ROWS: sharedSums ? ROWS.shared : ROWS.alone },
    dims: {
      rowsPerImage: rowsPerImage(dims),
      columns4,
      segmentRows: segments.rows,
      partialStride: segments.stride,
      biasStart,
    },
    operands,
    workgroups: (imageCount) => [Math.ceil(columns4 / COLUMNS4), usedSegments(dims, segments, imageCount), 1],
  });
}
