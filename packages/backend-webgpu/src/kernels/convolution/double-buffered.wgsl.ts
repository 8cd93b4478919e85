/** A square of sums, and how a workgroup's invocations share it. */
export interface DoubleBufferedSize {
  /** Rows, and columns, of the square. */
  readonly extent: number;
  /** Invocations along its columns and rows. */
  readonly lanes: readonly [number, number];
  /** Terms of the sums that are read at a time: one vec4 of either factor an invocation. */
  readonly depth: number;
}

/** The sizes of `convolution-blocks` and `weight-gradient-blocks`. */
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
