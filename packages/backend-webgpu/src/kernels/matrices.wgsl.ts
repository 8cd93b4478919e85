/** A product that a subgroup computes at once: [m, k] by [k, n], factors f16, sums f32. */
export interface MatrixConfig {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Lanes of every subgroup. */
  readonly lanes: number;
}

/** Rows and columns of a workgroup's square of sums, which 4 subgroups share as 2 by 2 quarters. */
const EXTENT = 64;
const QUARTER = 32;
const SUBGROUPS = 4;

/** Terms of the sums that are read at a time. */
const DEPTH = 16;

/** What one subgroup adds up: its rows, by its columns, over so many terms at a time. */
export interface MatrixPart {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** A subgroup's part of the square. */
export const QUARTERS: MatrixPart = { rows: QUARTER, columns: QUARTER, depth: DEPTH };

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** The matrices of a part, along its rows and along its columns. */
const cut = ({ m, n }: MatrixConfig, { rows, columns }: MatrixPart) =>
  ({ down: upTo(rows / m), across: upTo(columns / n) }) as const;

/** Whether the kernels can be cut into such products. */
export function suitsMatrices({ m, n, k, lanes }: MatrixConfig): boolean {
  const fits = QUARTER % m === 0 && QUARTER % n === 0 && DEPTH % k === 0;
  return fits && 256 % (SUBGROUPS * lanes) === 0 && (m * QUARTER) % (4 * lanes) === 0;
}

/**
 * What `convolution-matrices` and `weight-gradient-matrices` share: sizes, tiles in workgroup memory, and
 * the way from a subgroup's sums to memory.
 *
 * The sums are written out as variables, one a matrix: an index into an array of them would move them
 * out of registers.
 */
export function matricesWgsl(config: MatrixConfig): string {
  const { m, lanes } = config;
  return /* wgsl */ `${matrixTypes(config)}
const EXTENT = ${EXTENT}u;
const EXTENT4 = ${EXTENT / 4}u;
const DEPTH = ${DEPTH}u;
const QUARTER = ${QUARTER}u;
const LANES = ${lanes}u;
const WORKERS = ${SUBGROUPS * lanes}u;
const LOADS = ${256 / (SUBGROUPS * lanes)}u;          // vec4s of each tile that an invocation reads
${stripsWgsl(SUBGROUPS, m, QUARTER)}`;
}

/** The extensions, and the types of a subgroup's matrices. */
export function matrixTypes({ m, n, k }: MatrixConfig): string {
  return /* wgsl */ `
enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
requires subgroup_id;
alias Left = subgroup_matrix_left<f16, ${k}, ${m}>;
alias Right = subgroup_matrix_right<f16, ${n}, ${k}>;
alias SumMatrix = subgroup_matrix_result<f32, ${n}, ${m}>;
`;
}

/** The room through which a subgroup's sums leave it. */
export function stripsWgsl(subgroups: number, rows: number, columns: number): string {
  return /* wgsl */ `
const STRIP_COLUMNS = ${columns}u;
const STRIP_LENGTH = ${rows * columns}u;

var<workgroup> strips: array<array<f32, STRIP_LENGTH>, ${subgroups}>;  // a strip a subgroup: [${rows}, STRIP_COLUMNS]
`;
}

/** Declares the sums. */
export function declareSums(config: MatrixConfig, part: MatrixPart): string {
  const { down, across } = cut(config, part);
  return down.flatMap((i) => across.map((j) => `  var sums${i}${j}: SumMatrix;`)).join("\n");
}

/** Where a matrix lies in a tile of workgroup memory. */
export interface TilePart {
  /** An array of f16, in WGSL. */
  readonly tile: string;
  readonly layout: "row_major" | "col_major";
  /** Of its first element, in WGSL. */
  readonly start: string;
  /** Elements from one row, or column, of the tile to the next, in WGSL. */
  readonly stride: string;
}

/**
 * Multiplies the tiles' terms: the matrix of some rows of the part and terms by that of the terms and some
 * columns of it.
 */
export function addProducts(
  config: MatrixConfig,
  part: MatrixPart,
  left: (row: number, term: number) => TilePart,
  right: (column: number, term: number) => TilePart,
): string {
  const load = (type: string, { tile, layout, start, stride }: TilePart) =>
    `subgroupMatrixLoad<${type}, ${layout}>(&${tile}, ${start}, ${stride});`;
  const { m, n, k } = config;
  const { down, across } = cut(config, part);
  return upTo(part.depth / k)
    .map((index) => index * k)
    .flatMap((term) => [
      "        {",
      ...down.map((i) => `          let a${i} = ${load("Left", left(i * m, term))}`),
      ...across.map((j) => `          let b${j} = ${load("Right", right(j * n, term))}`),
      ...down.flatMap((i) =>
        across.map(
          (j) => `          sums${i}${j} = subgroupMatrixMultiplyAccumulate(a${i}, b${j}, sums${i}${j});`,
        ),
      ),
      "        }",
    ])
    .join("\n");
}

/**
 * Gives the sums to `take(row of the workgroup's, vec4 of its columns, sum)`, all invocations together, so
 * many matrices of a row of them at a time as a strip has room for.
 */
export function takeSums(
  config: MatrixConfig,
  part: MatrixPart & { readonly stripColumns: number },
  take: string,
): string {
  const { m, n } = config;
  const { down, across } = cut(config, part);
  const atOnce = part.stripColumns / n;
  const strips = upTo(across.length / atOnce);
  return down
    .flatMap((i) =>
      strips.map((strip) =>
        [
          "  workgroupBarrier();",
          ...upTo(atOnce).map(
            (j) =>
              `  subgroupMatrixStore<row_major>(&strips[subgroup], ${j * n}u, sums${i}${strip * atOnce + j}, STRIP_COLUMNS);`,
          ),
          "  workgroupBarrier();",
          "  for (var at = laneOfSubgroup * 4u; at < STRIP_LENGTH; at += LANES * 4u) {",
          "    let sum = vec4f(",
          ...[0, 1, 2, 3].map((c) => `      strips[subgroup][at + ${c}u],`),
          "    );",
          `    let row = partTop + ${i * m}u + at / STRIP_COLUMNS;`,
          `    let column = (partLeft + ${strip * part.stripColumns}u + at % STRIP_COLUMNS) / 4u;`,
          take,
          "  }",
        ].join("\n"),
      ),
    )
    .join("\n");
}
