/**
 * inputGradient[pixel] = the sum over the windows that hold the pixel of the output's gradient over
 * the window's number of elements.
 *
 * One invocation: 4 channels of a pixel. Dispatch: (vec4s of the input / 64, surplus over 65535).
 */
export const avgPoolBackwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> outputGradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> inputGradient: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= run.images * dims.inHeight * dims.inWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.inHeight, dims.inWidth);
  let rows = windowsOver(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.outHeight);
  let columns = windowsOver(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.outWidth);
  var sum = vec4f(0);
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let window = (place.image * dims.outHeight + u32(y)) * dims.outWidth + u32(x);
      sum += divide4(outputGradient[window * dims.channels4 + place.c], f32(elementsOf(u32(y), u32(x))));
    }
  }
  inputGradient[i] = sum;
}
`;
