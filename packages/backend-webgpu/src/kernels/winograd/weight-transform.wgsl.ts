/**
 * result = the planes of G g Gt for the weights g of each pair of channels. SWAPPED: of the window
 * turned by half a turn and the channels swapped, for the gradient by the input.
 *
 * Layouts: weight [KERNEL, KERNEL, inStride, outStride]; result [planes, inStride, outStride], SWAPPED
 * [planes, outStride, inStride]. dims: channels the rows, height the columns of a matrix of the result.
 * One invocation: a pair. Dispatch: (pairs / 64, surplus over 65535).
 */
export const winogradWeightsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

override SWAPPED: bool = false;

const CORNER = 0.5f;

fn setPlane(plane: u32, at: u32, value: f32) {
  result[plane * (dims.channels * dims.height) + at] = value;
}

fn setComplex(plane: u32, at: u32, value: Complex) {
  setPlane(plane, at, value.re);
  setPlane(plane + 1u, at, value.im);
  setPlane(plane + 2u, at, value.re + value.im);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let rows = dims.channels;
  let columns = dims.height;
  let pairs = rows * columns;
  if (index >= pairs) { return; }
  let pair = select(index, index % columns * rows + index / columns, SWAPPED);
  var halves: array<Points, KERNEL>;
  for (var kx = 0u; kx < KERNEL; kx++) {
    var column: Window;
    for (var ky = 0u; ky < KERNEL; ky++) {
      let element = ky * KERNEL + kx;
      column[ky] = weight[select(element, KERNEL * KERNEL - 1u - element, SWAPPED) * pairs + pair];
    }
    halves[kx] = windowPoints(column);
  }
  for (var i = 0u; i < PATCH; i++) {
    var row: Window;
    for (var kx = 0u; kx < KERNEL; kx++) { row[kx] = halves[kx][i]; }
    points[i] = windowPoints(row);
  }
  storePoints(index);
}
`;
