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
export const biasGradientWgsl = /* wgsl */ `
struct Dims {
  rowsPerImage: u32,
  columns4: u32,
  segmentRows: u32,
  partialStride: u32,
  biasStart: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
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
  let end = min(begin + dims.segmentRows, run.images * dims.rowsPerImage);
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
