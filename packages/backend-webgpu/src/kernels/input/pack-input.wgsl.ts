/**
 * Turns NCHW images into rows of channels, zeros past the last channel.
 *
 * Layouts: input [images, channels, pixels]; result [images, pixels, stride].
 * One invocation: one element of the result. Dispatch: (its length / 64, surplus over 65535).
 */
export const packInputWgsl = /* wgsl */ `
struct Dims {
  channels: u32,
  pixels: u32,
  stride: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let pixel = i / dims.stride;
  let image = pixel / dims.pixels;
  if (image >= run.images) { return; }
  let channel = i % dims.stride;
  let start = (image * dims.channels + channel) * dims.pixels + pixel % dims.pixels;
  result[i] = select(0f, input[start], channel < dims.channels);
}
`;
