/**
 * A convolution's gradient by its bias, one segment of the pixels at a time: the sum of each column
 * of the output's gradient. Its terms often cancel, so what each addition rounds away is kept.
 *
 * Layouts: outputGradient [rows, columns]; partial [segments, partialStride], of which biases begin
 * at biasStart. One invocation: 4 columns of a segment. Dispatch: (columns / 4 / 8, segments).
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

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= dims.columns4) { return; }
  let rows = run.images * dims.rowsPerImage;
  let begin = id.y * dims.segmentRows;
  let end = min(begin + dims.segmentRows, rows);
  var sum = vec4f(0);
  var lost = vec4f(0);
  for (var row = begin; row < end; row++) {
    let term = outputGradient[row * dims.columns4 + id.x] - lost;
    let next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  partial[(id.y * dims.partialStride + dims.biasStart) / 4u + id.x] = sum;
}
`;
