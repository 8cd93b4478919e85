/**
 * Between an image and its features in row-major NCHW order.
 *
 * Layouts: image [images, pixels, stride]; features [images, featureStride], zeros past the last.
 * One invocation: one element of the result, that of BACKWARD the image's.
 * Dispatch: (elements of the result / 64, surplus over 65535).
 */
export const flattenWgsl = /* wgsl */ `
struct Dims {
  channels: u32,
  stride: u32,
  pixels: u32,
  featureStride: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

override BACKWARD: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (BACKWARD) {
    let pixel = i / dims.stride;
    let channel = i % dims.stride;
    let image = pixel / dims.pixels;
    if (image >= run.images) { return; }
    let feature = channel * dims.pixels + pixel % dims.pixels;
    result[i] = select(0f, input[image * dims.featureStride + feature], channel < dims.channels);
  } else {
    let image = i / dims.featureStride;
    if (image >= run.images) { return; }
    let feature = i % dims.featureStride;
    let channel = feature / dims.pixels;
    let pixel = image * dims.pixels + feature % dims.pixels;
    result[i] = select(0f, input[pixel * dims.stride + channel], channel < dims.channels);
  }
}
`;
