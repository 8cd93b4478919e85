/**
 * result = G g Gt for the weights g of each pair of channels. SWAPPED: of the window turned by half a
 * turn and the channels swapped, for the gradient by the input.
 *
 * Layouts: weight [KERNEL, KERNEL, inStride, outStride]; result [36, inStride, outStride], SWAPPED
 * [36, outStride, inStride]. dims: channels4 the rows, height the columns of a matrix of the result.
 * One invocation: a pair. Dispatch: (pairs / 64, surplus over 65535).
 */
export const winogradWeightsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

override SWAPPED: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let rows = dims.channels4;
  let columns = dims.height;
  let pairs = rows * columns;
  if (index >= pairs) { return; }
  let pair = select(index, index % columns * rows + index / columns, SWAPPED);
  var half: array<array<f32, 5>, 6>;
  for (var kx = 0u; kx < KERNEL; kx++) {
    for (var i = 0u; i < 6u; i++) {
      var sum = 0f;
      for (var ky = 0u; ky < KERNEL; ky++) {
        let element = ky * KERNEL + kx;
        let at = select(element, KERNEL * KERNEL - 1u - element, SWAPPED);
        sum = fma(kernelFactor(i, ky), weight[at * pairs + pair], sum);
      }
      half[i][kx] = sum;
    }
  }
  for (var i = 0u; i < 6u; i++) {
    for (var j = 0u; j < 6u; j++) {
      var sum = 0f;
      for (var kx = 0u; kx < KERNEL; kx++) { sum = fma(kernelFactor(j, kx), half[i][kx], sum); }
      result[(i * 6u + j) * pairs + index] = sum;
    }
  }
}
`;
