import type { Constants, Kernel } from "../../device/kernel.js";
import type { Command, Operand, Operands } from "../../program/command.js";
import { convolutionEpilogueWgsl, type Epilogue, epilogueConstants } from "../convolution/epilogue.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";
import { loadPlanesWgsl, storePlanesWgsl } from "./planes.wgsl.js";
import {
  imageDims,
  imageTilesWgsl,
  pointsOf,
  type TileDims,
  tileCountWgsl,
  type WinogradExtent,
} from "./tiles.js";

/**
 * transformed = the planes of Bt d B for each input tile d of an image; input tiles begin OUTPUT_TILE pixels apart
 * and overlap.
 *
 * One invocation: a channel of a tile. Dispatch: (tiles * channels / 64, surplus over 65535).
 */
const inputTransformWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> image: array<f32>;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

const CORNER = 1f;

fn setPlane(plane: u32, at: u32, value: f32) {
  transformed[plane * tileCount() * dims.channels + at] = value;
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
  let place = placeOf(index);
  let top = i32(place.y * OUTPUT_TILE) - i32(dims.paddingY);
  let left = i32(place.x * OUTPUT_TILE) - i32(dims.paddingX);
  for (var x = 0u; x < INPUT_TILE; x++) {
    var column: Points;
    for (var y = 0u; y < INPUT_TILE; y++) {
      let at = vec2i(top + i32(y), left + i32(x));
      let value = image[pixelAt(place.image, at.x, at.y) * dims.channels + place.c];
      column[y] = select(0f, value, isInside(at.x, at.y));
    }
    column = inputToPoints(column);
    for (var i = 0u; i < INPUT_TILE; i++) { points[i][x] = column[i]; }
  }
  for (var i = 0u; i < INPUT_TILE; i++) { points[i] = inputToPoints(points[i]); }
  storePoints(index);
}
`;

/**
 * result = At m A for the points m of each tile's matrix products, then the convolution's epilogue.
 *
 * One invocation: a channel of a tile of 4x4 pixels. Dispatch: (tiles * channels / 64, surplus over 65535).
 */
const outputTransformWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> transformed: array<f32>;
@group(0) @binding(3) var<storage, read> extra: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: array<f32>;

alias Sums = f32;

const CORNER = 1f;

fn planeAt(plane: u32, at: u32) -> f32 {
  return transformed[plane * tileCount() * dims.channels + at];
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
  let place = placeOf(index);
  loadPoints(index);
  var rows: array<OutputTile, INPUT_TILE>;
  for (var i = 0u; i < INPUT_TILE; i++) { rows[i] = pointsToOutput(points[i]); }
  for (var x = 0u; x < OUTPUT_TILE; x++) {
    var column: Points;
    for (var i = 0u; i < INPUT_TILE; i++) { column[i] = rows[i][x]; }
    let pixels = pointsToOutput(column);
    for (var y = 0u; y < OUTPUT_TILE; y++) {
      let at = vec2i(vec2u(place.y, place.x) * OUTPUT_TILE + vec2u(y, x));
      if (isInside(at.x, at.y)) {
        finishAt(pixelAt(place.image, at.x, at.y) * dims.channels + place.c, place.c, pixels[y]);
      }
    }
  }
}
`;

/**
 * transformed = the gradient by the matrix products: the planes of A d At for each output tile d of an output's
 * gradient. The way back through the output transform.
 *
 * One invocation: a channel of a tile. Dispatch: (tiles * channels / 64, surplus over 65535).
 */
const outputGradientTransformWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> image: array<f32>;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

const CORNER = 1f;

fn setPlane(plane: u32, at: u32, value: f32) {
  transformed[plane * tileCount() * dims.channels + at] = value;
}

fn setComplex(plane: u32, at: u32, value: Complex) {
  setPlane(plane, at, value.re - value.im);
  setPlane(plane + 1u, at, -value.re - value.im);
  setPlane(plane + 2u, at, value.im);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= tileCount() * dims.channels) { return; }
  let place = placeOf(index);
  var rows: array<OutputTile, INPUT_TILE>;
  for (var x = 0u; x < OUTPUT_TILE; x++) {
    var column: OutputTile;
    for (var y = 0u; y < OUTPUT_TILE; y++) {
      let at = vec2i(vec2u(place.y, place.x) * OUTPUT_TILE + vec2u(y, x));
      let value = image[pixelAt(place.image, at.x, at.y) * dims.channels + place.c];
      column[y] = select(0f, value, isInside(at.x, at.y));
    }
    let values = outputToPoints(column);
    for (var i = 0u; i < INPUT_TILE; i++) { rows[i][x] = values[i]; }
  }
  for (var i = 0u; i < INPUT_TILE; i++) { points[i] = outputToPoints(rows[i]); }
  storePoints(index);
}
`;

/** An image that is read or written by tiles. */
export interface TiledImage {
  readonly extents: readonly [number, number];
  /** Floats of a pixel. */
  readonly stride: number;
}

const kernels = { 3: kernelsOf(3), 5: kernelsOf(5) } as const satisfies Record<WinogradExtent, unknown>;

/** Every kernel of this file. */
export const imageTransformKernels: readonly Kernel[] = Object.values(kernels).flatMap((own) =>
  Object.values(own),
);

/** Transforms an image's input tiles; the first one begins `padding` pixels before the image. */
export function inputTransform(
  dims: TileDims,
  image: TiledImage,
  padding: readonly [number, number],
  operands: { readonly image: Operand; readonly transformed: Operand },
): Command {
  return overTiles(kernels[dims.kernel].input, { dims, image, padding, constants: {} }, operands);
}

/** Transforms matrix products back to an image. */
export function outputTransform(
  dims: TileDims,
  image: TiledImage,
  operands: { readonly transformed: Operand; readonly extra: Operand; readonly result: Operand },
  epilogue: Epilogue,
): Command {
  const constants = epilogueConstants(epilogue);
  return overTiles(kernels[dims.kernel].output, { dims, image, padding: [0, 0], constants }, operands);
}

/** Transforms the gradient by an output. */
export function outputGradientTransform(
  dims: TileDims,
  image: TiledImage,
  operands: { readonly image: Operand; readonly transformed: Operand },
): Command {
  const over = { dims, image, padding: [0, 0], constants: {} } as const;
  return overTiles(kernels[dims.kernel].outputGradient, over, operands);
}

interface Tiling {
  readonly dims: TileDims;
  readonly image: TiledImage;
  readonly padding: readonly [number, number];
  readonly constants: Constants;
}

function overTiles(own: ReturnType<typeof imageKernel>, tiling: Tiling, operands: Operands): Command {
  const [tilesY, tilesX] = tiling.dims.tiles;
  const [paddingY, paddingX] = tiling.padding;
  const { extents, stride: channels } = tiling.image;
  const [height, width] = extents;
  return command({
    kernel: own,
    constants: tiling.constants,
    dims: { channels, height, width, tilesY, tilesX, paddingY, paddingX },
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * tilesY * tilesX * channels),
  });
}

function kernelsOf(extent: WinogradExtent) {
  return {
    input: imageKernel("input", extent, [storePlanesWgsl, inputTransformWgsl]),
    output: imageKernel("output", extent, [convolutionEpilogueWgsl, loadPlanesWgsl, outputTransformWgsl]),
    outputGradient: imageKernel("output-gradient", extent, [storePlanesWgsl, outputGradientTransformWgsl]),
  } as const;
}

function imageKernel(name: string, extent: WinogradExtent, code: readonly string[]) {
  return kernel({
    name: `winograd-${name}-transform-${extent}x${extent}`,
    dims: imageDims,
    code: [pointsOf[extent], tileCountWgsl, imageTilesWgsl, ...code],
  });
}
