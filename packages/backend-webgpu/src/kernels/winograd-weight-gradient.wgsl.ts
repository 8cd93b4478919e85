/**
 * gradient = Gt u G, u the sum over segments of the gradients by the 36 transformed weights of a pair
 * of channels; added to the earlier micro-batches' where run.accumulate says so.
 *
 * Layouts: partial [segments, 36, pairs], gradient [KERNEL, KERNEL, pairs], pairs as vec4s.
 * dims: channels4 the vec4s of pairs, height the tiles of a segment; tilesY and tilesX as ever.
 * One invocation: 4 pairs. Dispatch: (pairs / 4 / 64, surplus over 65535).
 */
export const winogradWeightGradientWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> partial: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let pairs = dims.channels4;
  if (index >= pairs) { return; }
  let segments = (tileCount() + dims.height - 1u) / dims.height;
  var half: array<array<vec4f, 6>, 5>;
  for (var j = 0u; j < 6u; j++) {
    var column: array<vec4f, 6>;
    for (var i = 0u; i < 6u; i++) {
      var sum = vec4f(0);
      for (var segment = 0u; segment < segments; segment++) {
        sum += partial[(segment * 36u + i * 6u + j) * pairs + index];
      }
      column[i] = sum;
    }
    for (var ky = 0u; ky < KERNEL; ky++) {
      var sum = vec4f(0);
      for (var i = 0u; i < 6u; i++) { sum = fma(vec4f(kernelFactor(i, ky)), column[i], sum); }
      half[ky][j] = sum;
    }
  }
  for (var ky = 0u; ky < KERNEL; ky++) {
    for (var kx = 0u; kx < KERNEL; kx++) {
      var sum = vec4f(0);
      for (var j = 0u; j < 6u; j++) { sum = fma(vec4f(kernelFactor(j, kx)), half[ky][j], sum); }
      let at = (ky * KERNEL + kx) * pairs + index;
      if (run.accumulate == 1u) { sum += gradient[at]; }
      gradient[at] = sum;
    }
  }
}
`;
