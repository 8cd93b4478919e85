/**
 * result = input * scale where the unit is kept, else 0; the input itself outside training. Forward
 * and backward: the gradient goes the way the units went.
 *
 * Layouts: input, result [images, pixels, channels]; kept as `dropout-mask` writes it.
 * One invocation: 4 channels of a pixel. Dispatch: (vec4s / 64, surplus over 65535).
 */
export const dropoutApplyWgsl = /* wgsl */ `
struct Dims {
  channels: u32,
  channels4: u32,
  pixels: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> kept: array<u32>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let pixel = i / dims.channels4;
  let image = pixel / dims.pixels;
  if (image >= run.images) { return; }
  let value = input[i];
  if (run.training == 0u) {
    result[i] = value;
    return;
  }
  let imageUnits = dims.channels * dims.pixels;
  let firstWord = run.firstImage * imageUnits / 32u;
  let channel = vec4u(i % dims.channels4 * 4u) + vec4u(0u, 1u, 2u, 3u);
  let unit = vec4u((run.firstImage + image) * imageUnits + pixel % dims.pixels) + channel * dims.pixels;
  let word = unit / 32u - vec4u(firstWord);
  let words = vec4u(kept[word.x], kept[word.y], kept[word.z], kept[word.w]);
  let keep = ((words >> (unit & vec4u(31u))) & vec4u(1u)) == vec4u(1u);
  result[i] = select(vec4f(0), value * dims.scale, keep & (channel < vec4u(dims.channels)));
}
`;
