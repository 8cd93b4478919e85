import type { Kernel } from "../../device/kernel.js";
import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";
import { loadPlanesWgsl, storePlanesWgsl } from "./planes.wgsl.js";
import { pointsOf, TILE_FIELDS, type TileDims, tileCountWgsl, type WinogradExtent } from "./tiles.js";

const weightDims = uniformStruct({
  /** Of a matrix of the result. */
  rows: "u32",
  columns: "u32",
});

/**
 * transformed = the planes of G g Gt for the weights g of each pair of channels. SWAPPED: of the window turned by
 * half a turn and the channels swapped, for the gradient by the input.
 *
 * Layouts: weight [WINDOW, WINDOW, inStride, outStride]; transformed [planes, inStride, outStride], SWAPPED
 * [planes, outStride, inStride]. One invocation: a pair. Dispatch: (pairs / 64, surplus over 65535).
 */
const weightTransformWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

override SWAPPED: bool = false;

const CORNER = 0.5f;

fn setPlane(plane: u32, at: u32, value: f32) {
  transformed[plane * (dims.rows * dims.columns) + at] = value;
}

fn setComplex(plane: u32, at: u32, value: Complex) {
  setPlane(plane, at, value.re);
  setPlane(plane + 1u, at, value.im);
  setPlane(plane + 2u, at, value.re + value.im);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  let pairs = dims.rows * dims.columns;
  if (index >= pairs) { return; }
  let pair = select(index, index % dims.columns * dims.rows + index / dims.columns, SWAPPED);
  var halves: array<Points, WINDOW>;
  for (var kx = 0u; kx < WINDOW; kx++) {
    var column: Window;
    for (var ky = 0u; ky < WINDOW; ky++) {
      let element = ky * WINDOW + kx;
      column[ky] = weight[select(element, WINDOW * WINDOW - 1u - element, SWAPPED) * pairs + pair];
    }
    halves[kx] = weightToPoints(column);
  }
  for (var i = 0u; i < INPUT_TILE; i++) {
    var row: Window;
    for (var kx = 0u; kx < WINDOW; kx++) { row[kx] = halves[kx][i]; }
    points[i] = weightToPoints(row);
  }
  storePoints(index);
}
`;

const gradientDims = uniformStruct({
  /** Of channels: inStride * outStride. */
  pairs: "u32",
  segmentTiles: "u32",
  ...TILE_FIELDS,
});

/**
 * gradient = Gt u G, u the points of the sum over segments of the gradients by the transformed weights of a pair of
 * channels; added to the earlier micro-batches' where uniforms.accumulate says so.
 *
 * Layouts: partial [segments, planes, pairs], gradient [WINDOW, WINDOW, pairs].
 * One invocation: a pair. Dispatch: (pairs / 64, surplus over 65535).
 */
const weightGradientTransformWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> partial: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

const CORNER = 0.5f;

fn planeAt(plane: u32, at: u32) -> f32 {
  let segments = (tileCount() + dims.segmentTiles - 1u) / dims.segmentTiles;
  var sum = 0f;
  for (var segment = 0u; segment < segments; segment++) {
    sum += partial[(segment * PLANES + plane) * dims.pairs + at];
  }
  return sum;
}

fn complexAt(plane: u32, at: u32) -> Complex {
  let both = planeAt(plane + 2u, at);
  return Complex(planeAt(plane, at) + both, planeAt(plane + 1u, at) + both);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index >= dims.pairs) { return; }
  loadPoints(index);
  var rows: array<Window, INPUT_TILE>;
  for (var i = 0u; i < INPUT_TILE; i++) { rows[i] = pointsToWeight(points[i]); }
  for (var kx = 0u; kx < WINDOW; kx++) {
    var column: Points;
    for (var i = 0u; i < INPUT_TILE; i++) { column[i] = rows[i][kx]; }
    var window = pointsToWeight(column);
    for (var ky = 0u; ky < WINDOW; ky++) {
      let at = (ky * WINDOW + kx) * dims.pairs + index;
      if (uniforms.accumulate == 1u) { window[ky] += gradient[at]; }
      gradient[at] = window[ky];
    }
  }
}
`;

const kernels = { 3: kernelsOf(3), 5: kernelsOf(5) } as const satisfies Record<WinogradExtent, unknown>;

/** Every kernel of this file. */
export const weightTransformKernels: readonly Kernel[] = Object.values(kernels).flatMap((own) =>
  Object.values(own),
);

/** Transforms weights; `swapped`: for the gradient by the input. */
export function weightTransform(
  extent: WinogradExtent,
  { inStride, outStride }: { readonly inStride: number; readonly outStride: number },
  operands: { readonly weight: Operand; readonly transformed: Operand },
  options: { readonly swapped: boolean },
): Command {
  const [rows, columns] = options.swapped ? [outStride, inStride] : [inStride, outStride];
  return command({
    kernel: kernels[extent].weight,
    constants: { SWAPPED: Number(options.swapped) },
    dims: { rows, columns },
    operands,
    workgroups: () => flatWorkgroups(inStride * outStride),
  });
}

/** Transforms the gradient by the transformed weights, of `pairs` of channels, back. */
export function weightGradientTransform(
  { kernel: extent, tiles: [tilesY, tilesX] }: TileDims,
  sums: { readonly pairs: number; readonly segmentTiles: number },
  operands: { readonly partial: Operand; readonly gradient: Operand },
): Command {
  return command({
    kernel: kernels[extent].weightGradient,
    dims: { ...sums, tilesY, tilesX },
    operands,
    workgroups: () => flatWorkgroups(sums.pairs),
  });
}

function kernelsOf(extent: WinogradExtent) {
  const suffix = `transform-${extent}x${extent}`;
  return {
    weight: kernel({
      name: `winograd-weight-${suffix}`,
      dims: weightDims,
      code: [pointsOf[extent], storePlanesWgsl, weightTransformWgsl],
    }),
    weightGradient: kernel({
      name: `winograd-weight-gradient-${suffix}`,
      dims: gradientDims,
      code: [pointsOf[extent], tileCountWgsl, loadPlanesWgsl, weightGradientTransformWgsl],
    }),
  } as const;
}
