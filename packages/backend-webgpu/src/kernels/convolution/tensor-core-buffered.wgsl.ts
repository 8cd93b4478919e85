import type { TensorCoreConfig } from "../../device/adapter-traits.js";
import { multiplyMatrices, type TilePart } from "./tensor-core.wgsl.js";

/** A rectangle of sums that a workgroup computes on tensor cores, and how its subgroups share it. */
export interface BufferedSize {
  readonly rows: number;
  readonly columns: number;
  /** Terms of the sums that are read at a time. */
  readonly depth: number;
  /** Subgroups along the rows and along the columns. */
  readonly subgroups: readonly [number, number];
}

/**
 * Elements between the end of a tile's row and the beginning of the next one. Rows that are a power of two apart would
 * lie in the same banks of workgroup memory.
 */
const GAP = 8;
const BYTES_OF_HALF = 2;
const BYTES_OF_SUM = 4;

/** Elements from one row of a tile to the next. */
const strideOf = (length: number): number => length + GAP;

/** What one subgroup of a size computes: rows and columns. */
function shareOf({ rows, columns, subgroups }: BufferedSize): readonly [number, number] {
  return [rows / subgroups[0], columns / subgroups[1]];
}

const workersOf = ({ subgroups }: BufferedSize, { lanes }: TensorCoreConfig): number =>
  subgroups[0] * subgroups[1] * lanes;

/** Whether a size can be cut into an adapter's matrices, in a workgroup that the adapter allows. */
export function suitsBuffered(
  size: BufferedSize,
  config: TensorCoreConfig,
  limits: Readonly<Record<string, number>>,
): boolean {
  const [rows, columns] = shareOf(size);
  const { maxComputeWorkgroupStorageSize = 0, maxComputeInvocationsPerWorkgroup = 0 } = limits;
  return (
    rows % config.m === 0 &&
    columns % config.n === 0 &&
    size.depth % config.k === 0 &&
    (config.m * config.n) % (4 * config.lanes) === 0 &&
    workersOf(size, config) <= maxComputeInvocationsPerWorkgroup &&
    bufferedBytes(size, config) <= maxComputeWorkgroupStorageSize
  );
}

/** Bytes of workgroup memory, in the layout that needs more of them: a convolution's or a weight gradient's. */
function bufferedBytes(size: BufferedSize, { m, n }: TensorCoreConfig): number {
  const { rows, columns, depth, subgroups } = size;
  const left = Math.max(rows * strideOf(depth), depth * strideOf(rows));
  const tiles = 2 * (left + depth * strideOf(columns)) * BYTES_OF_HALF;
  return tiles + subgroups[0] * subgroups[1] * m * n * BYTES_OF_SUM;
}

/** Numbers from 0 to a count. */
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/**
 * What `convolution-tensor-core-buffered` and `weight-gradient-tensor-core-buffered` share.
 *
 * Everything that an invocation has several of (matrices of sums, vec4s on their way) is written out as variables: an
 * index into an array of them would move them out of registers.
 */
export class BufferedTensorCore {
  readonly #matrixRows: readonly number[];
  readonly #matrixColumns: readonly number[];

  constructor(
    readonly size: BufferedSize,
    readonly config: TensorCoreConfig,
  ) {
    const [rows, columns] = shareOf(size);
    this.#matrixRows = upTo(rows / config.m);
    this.#matrixColumns = upTo(columns / config.n);
  }

  /** Sizes, and the memory that a subgroup's sums leave by. */
  wgsl(): string {
    const { rows, columns, depth, subgroups } = this.size;
    const { m, n, k, lanes } = this.config;
    const [shareRows, shareColumns] = shareOf(this.size);
    return /* wgsl */ `
alias Left = subgroup_matrix_left<f16, ${k}, ${m}>;
alias Right = subgroup_matrix_right<f16, ${n}, ${k}>;
alias SumMatrix = subgroup_matrix_result<f32, ${n}, ${m}>;

const ROWS = ${rows}u;
const COLUMNS = ${columns}u;
const ROWS4 = ${rows / 4}u;
const COLUMNS4 = ${columns / 4}u;
const DEPTH = ${depth}u;
const DEPTH4 = ${depth / 4}u;
const ROWS_STRIDE = ${strideOf(rows)}u;        // of a tile of terms by rows
const COLUMNS_STRIDE = ${strideOf(columns)}u;  // of a tile of terms by columns
const DEPTH_STRIDE = ${strideOf(depth)}u;      // of a tile of rows by terms
const SHARE_ROWS = ${shareRows}u;              // what a subgroup computes
const SHARE_COLUMNS = ${shareColumns}u;
const SUBGROUPS_ACROSS = ${subgroups[1]}u;
const LANES = ${lanes}u;
const WORKERS = ${workersOf(this.size, this.config)}u;
const STRIP_LENGTH = ${m * n}u;

var<workgroup> strips: array<f32, ${subgroups[0] * subgroups[1] * m * n}>;  // a matrix of sums a subgroup
`;
  }

  /** Declares the sums. */
  declareSums(): string {
    return this.#matrices((i, j) => `  var sums${i}${j}: SumMatrix;`);
  }

  /**
   * WGSL for each of the vec4s of a tile that an invocation reads, from `at`, its place in the tile.
   *
   * @param vec4s of the tile
   * @param write - of a statement from the number of the vec4 and its place; it must be harmless past the tile's end
   */
  eachLoad(vec4s: number, write: (index: number, at: string) => string): string {
    const workers = workersOf(this.size, this.config);
    return upTo(Math.ceil(vec4s / workers))
      .map((index) => write(index, `(lane + ${index * workers}u)`))
      .join("\n");
  }

  /**
   * Stores the vec4s that `eachLoad` read as f16, none past the tile's end.
   *
   * @param length - of a row of the tile, by its constant
   * @param start - of the half of workgroup memory, in WGSL
   * @param value - the name of the vec4s, before their numbers
   */
  storeTile(
    tile: string,
    vec4s: number,
    length: "ROWS" | "COLUMNS" | "DEPTH",
    start: string,
    value: string,
  ): string {
    const workers = workersOf(this.size, this.config);
    return this.eachLoad(vec4s, (index, at) => {
      const place = `${start} + ${at} / ${length}4 * ${length}_STRIDE + ${at} % ${length}4 * 4u`;
      const stores = ["x", "y", "z", "w"]
        .map((component, c) => `      ${tile}[${place} + ${c}u] = f16(${value}${index}.${component});`)
        .join("\n");
      return (index + 1) * workers <= vec4s ? stores : `    if (${at} < ${vec4s}u) {\n${stores}\n    }`;
    });
  }

  /** Multiplies the tiles' terms: the matrix of some rows and terms by that of the terms and some columns. */
  multiply(
    left: (row: string, term: number) => TilePart,
    right: (column: string, term: number) => TilePart,
  ): string {
    const grid = { rows: this.#matrixRows, columns: this.#matrixColumns, top: "shareTop", left: "shareLeft" };
    return multiplyMatrices(this.config, grid, this.size.depth, left, right);
  }

  /** Gives the sums to `take(row of the rectangle, vec4 of columns of it, vec4)`, all invocations together. */
  takeSums(take: string): string {
    const { m, n } = this.config;
    return this.#matrices((i, j) =>
      [
        "  workgroupBarrier();",
        `  subgroupMatrixStore<row_major>(&strips, subgroup * STRIP_LENGTH, sums${i}${j}, ${n}u);`,
        "  workgroupBarrier();",
        "  for (var at = laneOfSubgroup * 4u; at < STRIP_LENGTH; at += LANES * 4u) {",
        "    let from4 = subgroup * STRIP_LENGTH + at;",
        "    let sum = vec4f(strips[from4], strips[from4 + 1u], strips[from4 + 2u], strips[from4 + 3u]);",
        `    let row = shareTop + ${i * m}u + at / ${n}u;`,
        `    let column = (shareLeft + ${j * n}u + at % ${n}u) / 4u;`,
        take,
        "  }",
      ].join("\n"),
    );
  }

  #matrices(write: (row: number, column: number) => string): string {
    return this.#matrixRows.flatMap((i) => this.#matrixColumns.map((j) => write(i, j))).join("\n");
  }
}
