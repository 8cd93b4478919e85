/**
 * gradient = Gt u G, u the points of the sum over segments of the gradients by the transformed weights
 * of a pair of channels; added to the earlier micro-batches' where run.accumulate says so.
 *
 * Layouts: partial [segments, planes, pairs], gradient [KERNEL, KERNEL, pairs].
 * dims: channels the pairs, height the tiles of a segment; tilesY and tilesX as ever.
 * One invocation: a pair. Dispatch: (pairs / 64, surplus over 65535).
 */
export const winogradWeightGradientWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> partial: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

const CORNER = 0.5f;

fn planeAt(plane: u32, at: u32) -> f32 {
  let segments = (tileCount() + dims.height - 1u) / dims.height;
  var sum = 0f;
  for (var segment = 0u; segment < segments; segment++) {
    sum += partial[(segment * PLANES + plane) * dims.channels + at];
  }
  return sum;
}

fn complexAt(plane: u32, at: u32) -> Complex {
  let both = planeAt(plane + 2u, at);
  return Complex(planeAt(plane, at) + both, planeAt(plane + 1u, at) + both);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let pairs = dims.channels;
  if (index >= pairs) { return; }
  loadPoints(index);
  var rows: array<Window, PATCH>;
  for (var i = 0u; i < PATCH; i++) { rows[i] = pointsWindow(points[i]); }
  for (var kx = 0u; kx < KERNEL; kx++) {
    var column: Points;
    for (var i = 0u; i < PATCH; i++) { column[i] = rows[i][kx]; }
    var window = pointsWindow(column);
    for (var ky = 0u; ky < KERNEL; ky++) {
      let at = (ky * KERNEL + kx) * pairs + index;
      if (run.accumulate == 1u) { window[ky] += gradient[at]; }
      gradient[at] = window[ky];
    }
  }
}
`;
