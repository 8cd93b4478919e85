/** What a workgroup of 16 by 16 invocations computes with workgroup memory: a square of sums. */
export interface TileSize {
  /** Rows, and columns, of the square: 16 times a multiple of 4. */
  readonly extent: number;
  /** Terms of the sums that are read at a time: extent * depth = 1024, one vec4 an invocation. */
  readonly depth: number;
}

/**
 * The sizes of `convolution-tiles` and `weight-gradient-tiles`, and the type of what they keep in
 * workgroup memory: f32, or f16, which rounds both factors of every product. Sums are always f32.
 */
export function tilesWgsl({ extent, depth }: TileSize, factor: "f32" | "f16"): string {
  return /* wgsl */ `
${factor === "f16" ? "enable f16;" : ""}
alias Factor = ${factor};
alias Factors = vec4<${factor}>;
const EXTENT = ${extent}u;
const EXTENT4 = ${extent / 4}u;
const DEPTH = ${depth}u;
const ROWS = ${extent / 16}u;      // sums of an invocation: so many rows
const COLUMNS4 = ${extent / 64}u;  // by so many vec4s, 16 vec4s apart
`;
}
