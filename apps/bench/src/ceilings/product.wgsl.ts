/**
 * The product of two square float32 matrices, `result = left^T * right`; `left` is stored transposed, so
 * that eight rows of a column are two vectors. Layouts: row-major, [side, side], four columns a vector.
 * One invocation computes 8x8 elements from registers. Dispatch: [side / 64, side / 64, 1] workgroups.
 */
export const productWgsl = `
@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
override side: u32;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let stride = side / 4;
  var sums: array<array<vec4f, 2>, 8>;
  for (var k = 0u; k < side; k += 1u) {
    let a0 = left[k * stride + 2 * id.y];
    let a1 = left[k * stride + 2 * id.y + 1];
    let b0 = right[k * stride + 2 * id.x];
    let b1 = right[k * stride + 2 * id.x + 1];
    sums[0][0] += a0.x * b0; sums[0][1] += a0.x * b1;
    sums[1][0] += a0.y * b0; sums[1][1] += a0.y * b1;
    sums[2][0] += a0.z * b0; sums[2][1] += a0.z * b1;
    sums[3][0] += a0.w * b0; sums[3][1] += a0.w * b1;
    sums[4][0] += a1.x * b0; sums[4][1] += a1.x * b1;
    sums[5][0] += a1.y * b0; sums[5][1] += a1.y * b1;
    sums[6][0] += a1.z * b0; sums[6][1] += a1.z * b1;
    sums[7][0] += a1.w * b0; sums[7][1] += a1.w * b1;
  }
  for (var row = 0u; row < 8u; row += 1u) {
    let at = (8 * id.y + row) * stride + 2 * id.x;
    result[at] = sums[row][0];
    result[at + 1] = sums[row][1];
  }
}
`;
