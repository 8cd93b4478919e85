/**
 * result = the planes of Bt d B for each PATCH x PATCH patch d of an image; patches begin TILE pixels
 * apart.
 *
 * One invocation: a channel of a patch. Dispatch: (patches * channels / 64, surplus over 65535).
 */
export const winogradInputWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> image: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

const CORNER = 1f;

fn setPlane(plane: u32, at: u32, value: f32) {
  result[plane * tileCount() * dims.channels + at] = value;
}

fn setComplex(plane: u32, at: u32, value: Complex) {
  setPlane(plane, at, value.re);
  setPlane(plane + 1u, at, value.im);
  setPlane(plane + 2u, at, value.re + value.im);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= tileCount() * dims.channels) { return; }
  let place = patchOf(index);
  let top = i32(place.y * TILE) - i32(dims.paddingY);
  let left = i32(place.x * TILE) - i32(dims.paddingX);
  for (var x = 0u; x < PATCH; x++) {
    var column: Points;
    for (var y = 0u; y < PATCH; y++) {
      let at = vec2i(top + i32(y), left + i32(x));
      let value = image[pixelAt(place.image, at.x, at.y) * dims.channels + place.c];
      column[y] = select(0f, value, isInside(at.x, at.y));
    }
    column = inputPoints(column);
    for (var i = 0u; i < PATCH; i++) { points[i][x] = column[i]; }
  }
  for (var i = 0u; i < PATCH; i++) { points[i] = inputPoints(points[i]); }
  storePoints(index);
}
`;
