/** A square of sums, and how a workgroup's invocations share it. */
export interface DoubleBufferedSize {
  /** Rows, and columns, of the square. */
  readonly extent: number;
  /** Invocations along its columns and rows. */
  readonly lanes: readonly [number, number];
  /** Terms of the sums that are read at a time: one vec4 of either factor an invocation. */
  readonly depth: number;
}

/** The sizes of `convolution-double-buffered` and `weight-gradient-double-buffered`. */
export function doubleBufferedWgsl({ extent, lanes: [lanesX, lanesY], depth }: DoubleBufferedSize): string {
  return /* wgsl */ `
const EXTENT = ${extent}u;
const EXTENT4 = ${extent / 4}u;
const DEPTH = ${depth}u;
const DEPTH4 = ${depth / 4}u;
const LANES_X = ${lanesX}u;
const LANES_Y = ${lanesY}u;
const TILE = ${lanesX * lanesY}u;              // vec4s of a factor: EXTENT * DEPTH / 4, one an invocation
const ROWS = ${extent / lanesY}u;              // rows of an invocation, LANES_Y apart
const CHANNELS4 = ${extent / (4 * lanesY)}u;   // or vec4s of channels
const COLUMNS4 = ${extent / (4 * lanesX)}u;    // by vec4s of columns, LANES_X apart
`;
}

/**
 * `convolution-tiles` with fewer reads and less waiting: the same result, layouts and dispatch.
 *
 * One workgroup of LANES_X by LANES_Y invocations: EXTENT rows by EXTENT columns. It goes through the
 * window's channels DEPTH at a time. While an invocation multiplies what lies in one half of workgroup
 * memory, its vec4 of the next rows and its vec4 of the next weights are on their way, for the other half.
 * Rows stay vec4s of channels: all reads of workgroup memory are of four floats.
 */
export const convolutionDoubleBufferedWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read> extra: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

var<workgroup> rowTile: array<vec4f, 2u * TILE>;     // [2, EXTENT, DEPTH4]
var<workgroup> weightTile: array<vec4f, 2u * TILE>;  // [2, DEPTH, EXTENT4]

@compute @workgroup_size(LANES_X, LANES_Y)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(num_workgroups) tiles: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let group = select(0u, tile.z, GROUPED);
  let firstRow = select(tile.y + tile.z * tiles.y, tile.y, GROUPED) * EXTENT;
  if (firstRow >= rows) { return; }
  // What this invocation reads: 4 channels of a row, 4 columns of a channel.
  let ownRow = min(firstRow + lane / DEPTH4, rows - 1u);
  let readChannel = lane % DEPTH4 * 4u;
  let readTerm = lane / EXTENT4;
  let readColumn = min(tile.x * EXTENT4 + lane % EXTENT4, dims.columns4 - 1u);
  let pixel = pixelOf(ownRow);
  var sums: array<array<vec4f, COLUMNS4>, ROWS>;
  var ky = 0u;
  var kx = 0u;
  var channel = 0u;
  var weightRow = group * dims.inStride;
  var source = sourceOf(group * rows + ownRow, pixel, ky, kx);
  let steps = dims.kernelHeight * dims.kernelWidth * ((dims.inStride + DEPTH - 1u) / DEPTH);
  for (var step = 0u; step <= steps; step++) {
    // Past the last step they are read and not used.
    let own = channel + readChannel;
    let value = select(input[(source + own) / 4u], vec4f(0), source == OUTSIDE || own >= dims.inStride);
    // A channel past the last has another one's weights, for which the rows hold zeros.
    let present = channel + readTerm < dims.inStride;
    let w = select(vec4f(0), weight[(weightRow + channel + readTerm) * dims.columns4 + readColumn], present);
    if (step > 0u) {
      let half = (step - 1u) % 2u * TILE;
      for (var q = 0u; q < DEPTH4; q++) {
        for (var c = 0u; c < COLUMNS4; c++) {
          let at = half + q * 4u * EXTENT4 + c * LANES_X + local.x;
          let w0 = weightTile[at];
          let w1 = weightTile[at + EXTENT4];
          let w2 = weightTile[at + 2u * EXTENT4];
          let w3 = weightTile[at + 3u * EXTENT4];
          for (var r = 0u; r < ROWS; r++) {
            let x = rowTile[half + (r * LANES_Y + local.y) * DEPTH4 + q];
            var sum = fma(vec4f(x.x), w0, sums[r][c]);
            sum = fma(vec4f(x.y), w1, sum);
            sum = fma(vec4f(x.z), w2, sum);
            sums[r][c] = fma(vec4f(x.w), w3, sum);
          }
        }
      }
    }
    // Whoever still multiplies does so in the other half.
    let next = step % 2u * TILE + lane;
    rowTile[next] = value;
    weightTile[next] = w;
    workgroupBarrier();
    channel += DEPTH;
    if (channel >= dims.inStride) {
      channel = 0u;
      weightRow += dims.inStride;
      kx += 1u;
      if (kx == dims.kernelWidth) {
        kx = 0u;
        ky += 1u;
      }
      source = sourceOf(group * rows + ownRow, pixel, ky, kx);
    }
  }
  for (var c = 0u; c < COLUMNS4; c++) {
    let column = tile.x * EXTENT4 + c * LANES_X + local.x;
    if (column >= dims.columns4) { break; }
    for (var r = 0u; r < ROWS; r++) {
      let row = firstRow + r * LANES_Y + local.y;
      if (row < rows) { finish(group * rows + row, column, sums[r][c]); }
    }
  }
}
`;
