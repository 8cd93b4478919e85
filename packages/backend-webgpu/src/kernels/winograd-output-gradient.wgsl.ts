/**
 * result = A d At for each TILE x TILE tile d of an output's gradient: the way back through
 * winograd-output.
 *
 * One invocation: 4 channels of a tile. Dispatch: (tiles * channels / 4 / 64, surplus over 65535).
 */
export const winogradOutputGradientWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> image: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let tiles = tileCount();
  if (index >= tiles * dims.channels4) { return; }
  let place = patchOf(index);
  var half: array<array<vec4f, 4>, 6>;
  for (var x = 0u; x < TILE; x++) {
    var column: array<vec4f, 4>;
    for (var y = 0u; y < TILE; y++) {
      let at = vec2i(vec2u(place.y, place.x) * TILE + vec2u(y, x));
      let value = image[pixelAt(place.image, at.x, at.y) * dims.channels4 + place.c];
      column[y] = select(vec4f(0), value, isInside(at.x, at.y));
    }
    for (var i = 0u; i < 6u; i++) {
      var sum = vec4f(0);
      for (var y = 0u; y < TILE; y++) { sum = fma(vec4f(tileFactor(i, y)), column[y], sum); }
      half[i][x] = sum;
    }
  }
  for (var i = 0u; i < 6u; i++) {
    for (var j = 0u; j < 6u; j++) {
      var sum = vec4f(0);
      for (var x = 0u; x < TILE; x++) { sum = fma(vec4f(tileFactor(j, x)), half[i][x], sum); }
      result[((i * 6u + j) * tiles + place.tile) * dims.channels4 + place.c] = sum;
    }
  }
}
`;
