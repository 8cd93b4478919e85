/**
 * result = Bt d B for each 6x6 patch d of an image; patches begin TILE pixels apart.
 *
 * One invocation: 4 channels of a patch. Dispatch: (patches * channels / 4 / 64, surplus over 65535).
 */
export const winogradInputWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> image: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let tiles = tileCount();
  if (index >= tiles * dims.channels4) { return; }
  let place = patchOf(index);
  let top = i32(place.y * TILE) - i32(dims.paddingY);
  let left = i32(place.x * TILE) - i32(dims.paddingX);
  var half: array<array<vec4f, 6>, 6>;
  for (var x = 0u; x < 6u; x++) {
    var column: array<vec4f, 6>;
    for (var y = 0u; y < 6u; y++) {
      let at = vec2i(top + i32(y), left + i32(x));
      let value = image[pixelAt(place.image, at.x, at.y) * dims.channels4 + place.c];
      column[y] = select(vec4f(0), value, isInside(at.x, at.y));
    }
    for (var i = 0u; i < 6u; i++) {
      var sum = vec4f(0);
      for (var y = 0u; y < 6u; y++) { sum = fma(vec4f(BT[i][y]), column[y], sum); }
      half[i][x] = sum;
    }
  }
  for (var i = 0u; i < 6u; i++) {
    for (var j = 0u; j < 6u; j++) {
      var sum = vec4f(0);
      for (var x = 0u; x < 6u; x++) { sum = fma(vec4f(BT[j][x]), half[i][x], sum); }
      result[((i * 6u + j) * tiles + place.tile) * dims.channels4 + place.c] = sum;
    }
  }
}
`;
