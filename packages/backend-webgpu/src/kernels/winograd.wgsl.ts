/**
 * Winograd's way to a convolution of stride 1: TILE x TILE outputs of a KERNEL x KERNEL window by 36
 * products, TILE + KERNEL - 1 = 6. With d a 6x6 patch of the input, g the weights:
 * output = At [(G g Gt) * (Bt d B)] A, * element by element, so that the sum over channels is a matrix
 * product for each of the 36 places.
 *
 * Interpolation at 0, 1, -1, 1/2, -2 and infinity: of the sets of six points tried the one that
 * rounds least (1.2e-6 where the plain sum has 4e-7 to 6e-7); Bt is exact in float32.
 *
 * Layouts: transformed tensors [36, tiles of the micro-batch, channels]; weights [36, rows, columns].
 * Source: Lavin, Gray, Fast Algorithms for Convolutional Neural Networks, 2016; Barabasz et al., Error
 * Analysis and Improving the Accuracy of Winograd Convolution, 2020.
 */
export const winogradWgsl = /* wgsl */ `
override KERNEL: u32 = 3;
override TILE: u32 = 4;

struct Dims {
  channels4: u32,       // of the tensor that is read or written as an image
  height: u32,
  width: u32,
  tilesY: u32,
  tilesX: u32,
  paddingY: u32,        // of the patches: where the first one begins
  paddingX: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;

const BT = array<array<f32, 6>, 6>(
  array(1f, -1.5f, -2f, 1.5f, 1f, 0f),
  array(0f, -1f, 0.5f, 2.5f, 1f, 0f),
  array(0f, 1f, -2.5f, 0.5f, 1f, 0f),
  array(0f, -2f, -1f, 2f, 1f, 0f),
  array(0f, 0.5f, -1f, -0.5f, 1f, 0f),
  array(0f, 1f, -1.5f, -2f, 1.5f, 1f),
);

// The points' powers.
const POWERS = array<array<f32, 5>, 5>(
  array(1f, 0f, 0f, 0f, 0f),
  array(1f, 1f, 1f, 1f, 1f),
  array(1f, -1f, 1f, -1f, 1f),
  array(1f, 0.5f, 0.25f, 0.125f, 0.0625f),
  array(1f, -2f, 4f, -8f, 16f),
);

const SCALES = array<f32, 5>(1f, 1f / 3f, -1f / 3f, -16f / 15f, 1f / 15f);

// G[i][k]
fn kernelFactor(i: u32, k: u32) -> f32 {
  if (i == 5u) { return select(0f, 1f, k == KERNEL - 1u); }
  return POWERS[i][k] * SCALES[i];
}

// A[i][k]
fn tileFactor(i: u32, k: u32) -> f32 {
  if (i == 5u) { return select(0f, 1f, k == TILE - 1u); }
  return POWERS[i][k];
}

struct Patch { image: u32, y: u32, x: u32, tile: u32, c: u32 }

// The tile and the channels of a flat index.
fn patchOf(index: u32) -> Patch {
  let tile = index / dims.channels4;
  let row = tile / dims.tilesX;
  return Patch(row / dims.tilesY, row % dims.tilesY, tile % dims.tilesX, tile, index % dims.channels4);
}

fn tileCount() -> u32 { return run.images * dims.tilesY * dims.tilesX; }

fn pixelAt(image: u32, y: i32, x: i32) -> u32 {
  return (image * dims.height + u32(y)) * dims.width + u32(x);
}

fn isInside(y: i32, x: i32) -> bool {
  return y >= 0 && x >= 0 && y < i32(dims.height) && x < i32(dims.width);
}
`;
