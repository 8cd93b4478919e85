import type { TensorCoreConfig } from "../../device/adapter-traits.js";

/** Rows and columns of a workgroup's square of sums, which 4 subgroups share as 2 by 2 quarters. */
export const TENSOR_CORE_EXTENT = 64;
const QUARTER = 32;
const SUBGROUPS = 4;

/** Terms of the sums that are read at a time. */
const DEPTH = 16;

/** The matrices of a quarter along one of its sides. */
const along = (size: number): readonly number[] =>
  Array.from({ length: QUARTER / size }, (_, index) => index);

/** The largest of an adapter's matrix products that the kernels can be cut into; undefined where there is none. */
export function suitableTensorCore(configs: readonly TensorCoreConfig[]): TensorCoreConfig | undefined {
  return configs.filter(suits).toSorted((a, b) => b.m * b.n * b.k - a.m * a.n * a.k)[0];
}

function suits({ m, n, k, lanes }: TensorCoreConfig): boolean {
  const fits = QUARTER % m === 0 && QUARTER % n === 0 && DEPTH % k === 0;
  return fits && 256 % (SUBGROUPS * lanes) === 0 && (m * QUARTER) % (4 * lanes) === 0;
}

/** What WGSL must enable for them. */
export const tensorCoreDirectives = /* wgsl */ `enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
requires subgroup_id;
`;

/**
 * What `convolution-tensor-core` and `weight-gradient-tensor-core` share: sizes, tiles in workgroup memory, and
 * the way from a subgroup's sums to memory.
 *
 * The sums are written out as variables, one a matrix: an index into an array of them would move them
 * out of registers.
 */
export function tensorCoreWgsl({ m, n, k, lanes }: TensorCoreConfig): string {
  return /* wgsl */ `
alias Left = subgroup_matrix_left<f16, ${k}, ${m}>;
alias Right = subgroup_matrix_right<f16, ${n}, ${k}>;
alias SumMatrix = subgroup_matrix_result<f32, ${n}, ${m}>;

const EXTENT = ${TENSOR_CORE_EXTENT}u;
const EXTENT4 = ${TENSOR_CORE_EXTENT / 4}u;
const DEPTH = ${DEPTH}u;
const QUARTER = ${QUARTER}u;
const LANES = ${lanes}u;
const WORKERS = ${SUBGROUPS * lanes}u;
const LOADS = ${256 / (SUBGROUPS * lanes)}u;          // vec4s of each tile that an invocation reads
const STRIP_ROWS = ${m}u;
const STRIP_LENGTH = ${m * QUARTER}u;

var<workgroup> strips: array<f32, ${SUBGROUPS * m * QUARTER}>;  // a strip a subgroup: [STRIP_ROWS, QUARTER]
`;
}

/** Declares the sums. */
export function declareSums({ m, n }: TensorCoreConfig): string {
  return along(m)
    .flatMap((i) => along(n).map((j) => `  var sums${i}${j}: SumMatrix;`))
    .join("\n");
}

/** Where a matrix lies in a tile of workgroup memory. */
export interface TilePart {
  readonly tile: string;
  readonly layout: "row_major" | "col_major";
  /** Of its first element, in WGSL. */
  readonly start: string;
  /** Elements from one row, or column, of the tile to the next, in WGSL. */
  readonly stride: string;
}

/** The matrices of sums that a subgroup has, and where they begin in its workgroup's part, in WGSL. */
export interface MatrixGrid {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly top: string;
  readonly left: string;
}

/** Multiplies the tiles' DEPTH terms: the matrix of some rows and terms by that of the terms and some columns. */
export function multiplyTiles(
  config: TensorCoreConfig,
  left: (row: string, term: number) => TilePart,
  right: (column: string, term: number) => TilePart,
): string {
  const { m, n } = config;
  const grid = { rows: along(m), columns: along(n), top: "quarterTop", left: "quarterLeft" };
  return multiplyMatrices(config, grid, DEPTH, left, right);
}

/** Multiplies so many terms of two tiles into the sums of a grid. */
export function multiplyMatrices(
  { m, n, k }: TensorCoreConfig,
  grid: MatrixGrid,
  depth: number,
  left: (row: string, term: number) => TilePart,
  right: (column: string, term: number) => TilePart,
): string {
  const load = (type: string, { tile, layout, start, stride }: TilePart) =>
    `subgroupMatrixLoad<${type}, ${layout}>(&${tile}, ${start}, ${stride});`;
  const terms = Array.from({ length: depth / k }, (_, index) => index * k);
  return terms
    .flatMap((term) => [
      "        {",
      ...grid.rows.map(
        (i) => `          let a${i} = ${load("Left", left(`(${grid.top} + ${i * m}u)`, term))}`,
      ),
      ...grid.columns.map(
        (j) => `          let b${j} = ${load("Right", right(`(${grid.left} + ${j * n}u)`, term))}`,
      ),
      ...grid.rows.flatMap((i) =>
        grid.columns.map(
          (j) => `          sums${i}${j} = subgroupMatrixMultiplyAccumulate(a${i}, b${j}, sums${i}${j});`,
        ),
      ),
      "        }",
    ])
    .join("\n");
}

/** Gives each strip of the sums to `take(row of the quarter, column of it, vec4)`, all invocations together. */
export function takeSums({ m, n }: TensorCoreConfig, take: string): string {
  return along(m)
    .map((i) =>
      [
        "  workgroupBarrier();",
        ...along(n).map(
          (j) =>
            `  subgroupMatrixStore<row_major>(&strips, subgroup * STRIP_LENGTH + ${j * n}u, sums${i}${j}, QUARTER);`,
        ),
        "  workgroupBarrier();",
        "  for (var at = laneOfSubgroup * 4u; at < STRIP_LENGTH; at += LANES * 4u) {",
        "    let from4 = subgroup * STRIP_LENGTH + at;",
        "    let sum = vec4f(strips[from4], strips[from4 + 1u], strips[from4 + 2u], strips[from4 + 3u]);",
        `    let row = quarterTop + ${i * m}u + at / QUARTER;`,
        "    let column = (quarterLeft + at % QUARTER) / 4u;",
        take,
        "  }",
      ].join("\n"),
    )
    .join("\n");
}
