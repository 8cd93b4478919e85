/**
 * result[window] = its largest element; largest[window] = where that lies in its image, y * width + x,
 * the first of equal ones. A NaN counts as the largest; the last of several is taken.
 *
 * One invocation: 4 channels of a window. Dispatch: (vec4s of the result / 64, surplus over 65535).
 */
export const maxPoolForwardWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> largest: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= run.images * dims.outHeight * dims.outWidth * dims.channels4) { return; }
  let place = placeOf(i, dims.outHeight, dims.outWidth);
  let rows = insideOf(place.y, dims.strideY, dims.paddingY, dims.kernelHeight, dims.inHeight);
  let columns = insideOf(place.x, dims.strideX, dims.paddingX, dims.kernelWidth, dims.inWidth);
  let image = place.image * dims.inHeight * dims.inWidth;
  var at = vec4u(u32(rows.x) * dims.inWidth + u32(columns.x));
  var best = input[(image + at.x) * dims.channels4 + place.c];
  for (var y = rows.x; y < rows.y; y++) {
    for (var x = columns.x; x < columns.y; x++) {
      let here = u32(y) * dims.inWidth + u32(x);
      let value = input[(image + here) * dims.channels4 + place.c];
      let larger = ((value > best) & !isNan4(best)) | isNan4(value);
      best = select(best, value, larger);
      at = select(at, vec4u(here), larger);
    }
  }
  result[i] = best;
  largest[i] = at;
}
`;
