/**
 * The geometry that the convolution kernels share, and where a window's element lies.
 *
 * Activations are rows of channels, one row a pixel: [images, height, width, channels], channels
 * padded with zeros to a multiple of 8. "Rows" are the pixels that a kernel computes.
 */
export const convolutionDimsWgsl = /* wgsl */ `
struct Dims {
  rowsPerImage: u32,    // pixels of an image of the rows
  rowWidth: u32,        // width of that image
  inHeight: u32,        // the image that is read
  inWidth: u32,
  inStride: u32,        // floats of one of its pixels
  columns4: u32,        // vec4s of one row of the result
  kernelHeight: u32,
  kernelWidth: u32,
  strideY: u32,
  strideX: u32,
  paddingY: u32,
  paddingX: u32,
  segmentRows: u32,     // weight gradients only: rows that are added in one go
  partialStride: u32,   // and floats of one segment's sums
}
@group(0) @binding(0) var<uniform> dims: Dims;

// true: a window is one pixel, and rows lie where they are read.
override POINTWISE: bool = false;
// true: rows are the pixels of a convolution's input, and what is read its output's gradient.
override TRANSPOSED: bool = false;

// true: matrix products of their own, POINTWISE: [groups, rows, inStride] by [groups, inStride, columns].
override GROUPED: bool = false;

const OUTSIDE = 0xffffffffu;

struct Pixel { image: u32, y: i32, x: i32 }

// n / d for n below 2^24: an integer division is slow where every lane does its own.
fn quotient(n: u32, d: u32) -> u32 {
  let guess = u32(f32(n) / f32(d));
  let rest = i32(n) - i32(guess * d);
  return select(select(guess, guess + 1u, rest >= i32(d)), guess - 1u, rest < 0);
}

fn pixelOf(row: u32) -> Pixel {
  let image = quotient(row, dims.rowsPerImage);
  let inImage = row - image * dims.rowsPerImage;
  let y = quotient(inImage, dims.rowWidth);
  return Pixel(image, i32(y), i32(inImage - y * dims.rowWidth));
}

// Where element (ky, kx) of a row's window begins in what is read, or OUTSIDE.
fn sourceOf(row: u32, pixel: Pixel, ky: u32, kx: u32) -> u32 {
  if (POINTWISE) { return row * dims.inStride; }
  let stride = vec2i(i32(dims.strideY), i32(dims.strideX));
  let offset = vec2i(i32(ky) - i32(dims.paddingY), i32(kx) - i32(dims.paddingX));
  var at = vec2i(pixel.y, pixel.x) * stride + offset;
  if (TRANSPOSED) {
    let stretched = vec2i(pixel.y, pixel.x) - offset;
    at = stretched / stride;
    if (any(at * stride != stretched)) { return OUTSIDE; }
  }
  if (at.x < 0 || at.y < 0 || at.x >= i32(dims.inHeight) || at.y >= i32(dims.inWidth)) { return OUTSIDE; }
  return ((pixel.image * dims.inHeight + u32(at.x)) * dims.inWidth + u32(at.y)) * dims.inStride;
}
`;
