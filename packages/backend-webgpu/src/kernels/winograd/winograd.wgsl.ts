/**
 * Winograd's way to a convolution of stride 1: 4x4 outputs of a KERNEL x KERNEL window by fewer
 * products, PATCH = KERNEL + 3. Along an axis a patch d of the input and the weights g are polynomials
 * that are evaluated at PATCH points, multiplied there and interpolated:
 * output = At [(G g) * (Bt d)], * point by point. With two axes the matrices stand on both sides, and
 * the sum over channels is a matrix product for each pair of points.
 *
 * The points are 0, infinity and the roots of one of order PATCH - 2: their powers are of magnitude 1,
 * so that nothing is amplified and float32 results are as exact as those of the plain sum. (Real
 * points, as 2 and 1/2, cost a digit.) Everything is real, so that the conjugate of a point has the
 * conjugate value, and one of the two stands for both. Along an axis the points' values lie as
 * 0, infinity, 1, -1, then real and imaginary part of PAIRS roots: PATCH real numbers. What becomes of
 * them with two axes: `winograd-planes`.
 *
 * Layouts: transformed tensors [planes, tiles of the micro-batch, channels]; weights [planes, rows,
 * columns].
 * Source: Winograd, Arithmetic Complexity of Computations, 1980; Lavin, Gray, Fast Algorithms for
 * Convolutional Neural Networks, 2016; docs/kernels.md.
 */
export const winogradWgsl = /* wgsl */ `
const TILE = 4u;

struct Dims {
  channels: u32,       // of the tensor that is read or written as an image
  height: u32,
  width: u32,
  tilesY: u32,
  tilesX: u32,
  paddingY: u32,        // of the patches: where the first one begins
  paddingX: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;

alias Points = array<f32, PATCH>;
alias Tile = array<f32, TILE>;
alias Window = array<f32, KERNEL>;

struct Patch { image: u32, y: u32, x: u32, tile: u32, c: u32 }

// The tile and the channels of a flat index.
fn patchOf(index: u32) -> Patch {
  let tile = index / dims.channels;
  let row = tile / dims.tilesX;
  return Patch(row / dims.tilesY, row % dims.tilesY, tile % dims.tilesX, tile, index % dims.channels);
}

fn tileCount() -> u32 { return run.images * dims.tilesY * dims.tilesX; }

fn pixelAt(image: u32, y: i32, x: i32) -> u32 {
  return (image * dims.height + u32(y)) * dims.width + u32(x);
}

fn isInside(y: i32, x: i32) -> bool {
  return y >= 0 && x >= 0 && y < i32(dims.height) && x < i32(dims.width);
}
`;
