/**
 * result[window] = its sum over the number of its elements inside the padded input: zeros of the
 * padding count, what runs past it does not (PyTorch's rule).
 *
 * One invocation: 4 channels of a window. Dispatch: (vec4s of the result / 64, surplus over 65535).
 */
export const avgPoolForwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= run.images * dims.outHeight * dims.outWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.outHeight, dims.outWidth);
  let rows = insideOf(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.inHeight);
  let columns = insideOf(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.inWidth);
  var sum = vec4f(0);
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let pixel = (place.image * dims.inHeight + u32(y)) * dims.inWidth + u32(x);
      sum += input[pixel * dims.channels4 + place.c];
    }
  }
  result[i] = divide4(sum, f32(elementsOf(place.y, place.x)));
}
`;
