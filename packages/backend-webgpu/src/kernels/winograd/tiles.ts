import { type Fields, uniformStruct } from "../../device/uniform-struct.js";
import { fourthRootsWgsl } from "./fourth-roots.wgsl.js";
import { sixthRootsWgsl } from "./sixth-roots.wgsl.js";

/** Extents of the windows that have transforms. */
export type WinogradExtent = 3 | 5;

/** Extent of an output tile. */
export const OUTPUT_TILE = 4;

/** Planes of a transformed tensor, each a matrix product of its own, by the window's extent. */
export const PLANES = { 3: 46, 5: 88 } as const satisfies Record<WinogradExtent, number>;

/** How an image is cut into tiles. */
export interface TileDims {
  readonly kernel: WinogradExtent;
  /** Tiles along height and width. */
  readonly tiles: readonly [number, number];
}

/** The fields of the tiles of an image, for all kernels that count them. */
export const TILE_FIELDS = { tilesY: "u32", tilesX: "u32" } as const satisfies Fields;

/** What the transforms of images ask for. */
export const imageDims = uniformStruct({
  /** Of the tensor that is read or written as an image, padding included. */
  channels: "u32",
  height: "u32",
  width: "u32",
  ...TILE_FIELDS,
  /** Where the first input tile begins, in pixels before the image. */
  paddingY: "u32",
  paddingX: "u32",
});

/**
 * Winograd's way to a convolution of stride 1: tiles of 4x4 outputs of a WINDOW x WINDOW window by fewer products,
 * from input tiles of INPUT_TILE = WINDOW + 3 pixels a side. Along an axis an input tile d and the weights g are
 * polynomials that are evaluated at INPUT_TILE points, multiplied there and interpolated:
 * output = At [(G g) * (Bt d)], * point by point. With two axes the matrices stand on both sides, and the sum over
 * channels is a matrix product for each pair of points. Bt is the input transform, G the weight transform, At the
 * output transform; what they give is transformed.
 *
 * The points are 0, infinity and the roots of one of order INPUT_TILE - 2: their powers are of magnitude 1, so that
 * nothing is amplified and float32 results are as exact as those of the plain sum. (Real points, as 2 and 1/2, cost
 * a digit.) Everything is real, so that the conjugate of a point has the conjugate value, and one of the two stands
 * for both. Along an axis the points' values lie as 0, infinity, 1, -1, then real and imaginary part of PAIRS roots:
 * INPUT_TILE real numbers. `planes.wgsl.ts` says what becomes of them with two axes.
 *
 * Layouts: transformed tensors [planes, tiles of the micro-batch, channels]; transformed weights [planes, rows,
 * columns].
 * Source: Winograd, Arithmetic Complexity of Computations, 1980; Lavin, Gray, Fast Algorithms for
 * Convolutional Neural Networks, 2016; docs/kernels.md.
 */
const pointsWgsl = /* wgsl */ `
const OUTPUT_TILE = 4u;

alias Points = array<f32, INPUT_TILE>;
alias OutputTile = array<f32, OUTPUT_TILE>;
alias Window = array<f32, WINDOW>;
`;

/** The points of the windows of an extent, and the transforms along one axis. */
export const pointsOf: Readonly<Record<WinogradExtent, string>> = {
  3: fourthRootsWgsl + pointsWgsl,
  5: sixthRootsWgsl + pointsWgsl,
};

/** How many tiles a micro-batch has. Needs TILE_FIELDS. */
export const tileCountWgsl = /* wgsl */ `
fn tileCount() -> u32 { return uniforms.imageCount * dims.tilesY * dims.tilesX; }
`;

/** Tiles and pixels of an image. Needs `imageDims`. */
export const imageTilesWgsl = /* wgsl */ `
struct Place { image: u32, y: u32, x: u32, c: u32 }

// The tile and the channel of a flat index.
fn placeOf(index: u32) -> Place {
  let tile = index / dims.channels;
  let row = tile / dims.tilesX;
  return Place(row / dims.tilesY, row % dims.tilesY, tile % dims.tilesX, index % dims.channels);
}

fn pixelAt(image: u32, y: i32, x: i32) -> u32 {
  return (image * dims.height + u32(y)) * dims.width + u32(x);
}

fn isInside(y: i32, x: i32) -> bool {
  return y >= 0 && x >= 0 && y < i32(dims.height) && x < i32(dims.width);
}
`;
