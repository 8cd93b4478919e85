/**
 * result = At m A for the points m of each tile's products, then the convolution's epilogue.
 *
 * One invocation: a channel of a tile of 4x4 pixels. Dispatch: (tiles * channels / 64, surplus
 * over 65535).
 */
export const winogradOutputWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> products: array<f32>;
@group(0) @binding(3) var<storage, read> extra: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: array<f32>;

alias Sums = f32;

const CORNER = 1f;

fn planeAt(plane: u32, at: u32) -> f32 {
  return products[plane * tileCount() * dims.channels + at];
}

fn complexAt(plane: u32, at: u32) -> Complex {
  let a = planeAt(plane, at);
  let b = planeAt(plane + 1u, at);
  return Complex(a - b, planeAt(plane + 2u, at) - (a + b));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= tileCount() * dims.channels) { return; }
  let place = patchOf(index);
  loadPoints(index);
  var rows: array<Tile, PATCH>;
  for (var i = 0u; i < PATCH; i++) { rows[i] = pointsTile(points[i]); }
  for (var x = 0u; x < TILE; x++) {
    var column: Points;
    for (var i = 0u; i < PATCH; i++) { column[i] = rows[i][x]; }
    let pixels = pointsTile(column);
    for (var y = 0u; y < TILE; y++) {
      let at = vec2i(vec2u(place.y, place.x) * TILE + vec2u(y, x));
      if (isInside(at.x, at.y)) {
        finishAt(pixelAt(place.image, at.x, at.y) * dims.channels + place.c, place.c, pixels[y]);
      }
    }
  }
}
`;
