/**
 * result = At m A for each tile m of products, then the convolution's epilogue.
 *
 * One invocation: 4 channels of a tile of TILE x TILE pixels. Dispatch: (tiles * channels / 4 / 64,
 * surplus over 65535).
 */
export const winogradOutputWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> products: array<vec4f>;
@group(0) @binding(3) var<storage, read> extra: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let tiles = tileCount();
  if (index >= tiles * dims.channels4) { return; }
  let place = patchOf(index);
  var half: array<array<vec4f, 6>, 4>;
  for (var j = 0u; j < 6u; j++) {
    var column: array<vec4f, 6>;
    for (var i = 0u; i < 6u; i++) {
      column[i] = products[((i * 6u + j) * tiles + place.tile) * dims.channels4 + place.c];
    }
    for (var y = 0u; y < TILE; y++) {
      var sum = vec4f(0);
      for (var i = 0u; i < 6u; i++) { sum = fma(vec4f(tileFactor(i, y)), column[i], sum); }
      half[y][j] = sum;
    }
  }
  for (var y = 0u; y < TILE; y++) {
    for (var x = 0u; x < TILE; x++) {
      let at = vec2i(vec2u(place.y, place.x) * TILE + vec2u(y, x));
      var sum = vec4f(0);
      for (var j = 0u; j < 6u; j++) { sum = fma(vec4f(tileFactor(j, x)), half[y][j], sum); }
      if (isInside(at.x, at.y)) { finishAt(pixelAt(place.image, at.x, at.y) * dims.channels4 + place.c, place.c, sum); }
    }
  }
}
`;
