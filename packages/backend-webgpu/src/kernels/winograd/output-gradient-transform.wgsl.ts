/**
 * result = the products' gradients, the planes of A d At for each 4x4 tile d of an output's gradient:
 * the way back through winograd-output.
 *
 * One invocation: a channel of a tile. Dispatch: (tiles * channels / 64, surplus over 65535).
 */
export const winogradOutputGradientWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> image: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

const CORNER = 1f;

fn setPlane(plane: u32, at: u32, value: f32) {
  result[plane * tileCount() * dims.channels + at] = value;
}

fn setComplex(plane: u32, at: u32, value: Complex) {
  setPlane(plane, at, value.re - value.im);
  setPlane(plane + 1u, at, -value.re - value.im);
  setPlane(plane + 2u, at, value.im);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= tileCount() * dims.channels) { return; }
  let place = patchOf(index);
  var rows: array<Tile, PATCH>;
  for (var x = 0u; x < TILE; x++) {
    var column: Tile;
    for (var y = 0u; y < TILE; y++) {
      let at = vec2i(vec2u(place.y, place.x) * TILE + vec2u(y, x));
      let value = image[pixelAt(place.image, at.x, at.y) * dims.channels + place.c];
      column[y] = select(0f, value, isInside(at.x, at.y));
    }
    let values = tilePoints(column);
    for (var i = 0u; i < PATCH; i++) { rows[i][x] = values[i]; }
  }
  for (var i = 0u; i < PATCH; i++) { points[i] = tilePoints(rows[i]); }
  storePoints(index);
}
`;
