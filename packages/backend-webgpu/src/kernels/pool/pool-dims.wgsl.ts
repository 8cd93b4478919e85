/**
 * The geometry that the pooling kernels share. Images are [images, height, width, channels],
 * channels as vec4s.
 */
export const poolDimsWgsl = /* wgsl */ `
struct Dims {
  channels4: u32,
  inHeight: u32,
  inWidth: u32,
  outHeight: u32,
  outWidth: u32,
  kernelHeight: u32,
  kernelWidth: u32,
  strideY: u32,
  strideX: u32,
  paddingY: u32,
  paddingX: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;

// Positions from x up to y along one axis.
alias Range = vec2i;

// The part of window index that lies inside the image.
fn insideOf(index: u32, stride: u32, padding: u32, kernel: u32, extent: u32) -> Range {
  let start = i32(index * stride) - i32(padding);
  return Range(max(start, 0), min(start + i32(kernel), i32(extent)));
}

// The windows that hold a position.
fn windowsOver(position: u32, stride: u32, padding: u32, kernel: u32, count: u32) -> Range {
  let padded = position + padding;
  let first = select((padded - kernel) / stride + 1u, 0u, padded < kernel);
  return Range(i32(first), i32(min(padded / stride + 1u, count)));
}

struct Place { image: u32, y: u32, x: u32, c: u32 }

fn placeOf(index: u32, height: u32, width: u32) -> Place {
  let pixel = index / dims.channels4;
  let row = pixel / width;
  return Place(row / height, row % height, pixel % width, index % dims.channels4);
}
`;
