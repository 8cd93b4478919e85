import { type MatrixConfig, type MatrixPart, matrixTypes, stripsWgsl } from "./matrices.wgsl.js";

/** What a workgroup adds up, and how its subgroups share it. */
export interface MatrixBlock {
  readonly rows: number;
  readonly columns: number;
  /** Subgroups along its rows and along its columns. */
  readonly subgroups: readonly [number, number];
  /** Terms of the sums that are read at a time. */
  readonly depth: number;
  /** Such parts of both factors that workgroup memory holds: of two, one is written while the other is multiplied. */
  readonly stages: 1 | 2;
}

/**
 * Elements between rows in workgroup memory. A power of two would put a matrix's rows into the same banks;
 * with 16 bytes more 8 rows of 16 bytes lie in all 32 of them.
 */
const PADDING = 8;

/** A subgroup's part of a block. */
export function partOf({ rows, columns, subgroups: [down, across], depth }: MatrixBlock): MatrixPart {
  return { rows: rows / down, columns: columns / across, depth };
}

/** Whether a block can be cut into such products, evenly among all invocations. */
export function suitsBlock(block: MatrixBlock, { m, n, k, lanes }: MatrixConfig): boolean {
  const part = partOf(block);
  const workers = workersOf(block, lanes);
  const shares = [block.rows, block.columns].every((extent) => (extent * block.depth) % (4 * workers) === 0);
  const fits = part.rows % m === 0 && part.columns % n === 0 && block.depth % k === 0;
  return shares && fits && (m * n) % (4 * lanes) === 0 && workers <= 256;
}

/** Workgroup memory that a block takes; `gradient`: of a weight gradient. Units: bytes. */
export function workgroupBytes(
  block: MatrixBlock,
  { m, n }: MatrixConfig,
  { gradient }: { readonly gradient: boolean },
): number {
  const { subgroups, depth, stages } = block;
  const [down, across] = subgroups;
  const part = partOf(block);
  const left = gradient ? depth * (part.rows + PADDING) : part.rows * (depth + PADDING);
  const tiles = stages * (down * left + across * depth * (part.columns + PADDING)) * 2;
  return tiles + down * across * m * n * 4;
}

/**
 * The sizes of `convolution-matrix-blocks` and `weight-gradient-matrix-blocks`. In workgroup memory each row
 * and each column of subgroups has an array of its own for what it multiplies: a matrix's place in it is a
 * constant, and Dawn guards each load whose place is none by a branch.
 */
export function matrixBlocksWgsl(config: MatrixConfig, block: MatrixBlock): string {
  const { rows, columns, subgroups, depth, stages } = block;
  const part = partOf(block);
  return /* wgsl */ `${matrixTypes(config)}
const ROWS = ${rows}u;
const ROWS4 = ${rows / 4}u;
const COLUMNS = ${columns}u;
const COLUMNS4 = ${columns / 4}u;
const DEPTH = ${depth}u;
const DEPTH4 = ${depth / 4}u;
const STAGES = ${stages}u;
const LANES = ${config.lanes}u;
const WORKERS = ${workersOf(block, config.lanes)}u;
const PARTS_DOWN = ${subgroups[0]}u;
const PARTS_ACROSS = ${subgroups[1]}u;
const PART_ROWS = ${part.rows}u;
const PART_COLUMNS = ${part.columns}u;
// Elements of a part from one term's rows, or columns, to the next's, and from one row's terms to the next's.
const ROW_STRIDE = ${part.rows + PADDING}u;
const COLUMN_STRIDE = ${part.columns + PADDING}u;
const TERM_STRIDE = ${depth + PADDING}u;
${stripsWgsl(subgroups[0] * subgroups[1], config.m, config.n)}`;
}

/** Writes a statement out for each of the vec4s, so many of an extent, that an invocation reads of a part. */
export function eachRead(
  block: MatrixBlock,
  { lanes }: MatrixConfig,
  extent: "rows" | "columns",
  statement: (index: number) => string,
): string {
  const count = (block[extent] * block.depth) / (4 * workersOf(block, lanes));
  return Array.from({ length: count }, (_, index) => statement(index)).join("\n");
}

/** Rounds a vec4 into a tile. `subgroupMatrixLoad` takes arrays of scalars only. */
export function store4(tile: string, at: string, value: string): string {
  return ["x", "y", "z", "w"]
    .map((component, c) => `        ${tile}[${at}${c === 0 ? "" : ` + ${c}u`}] = f16(${value}.${component});`)
    .join("\n");
}

function workersOf({ subgroups: [down, across] }: MatrixBlock, lanes: number): number {
  return down * across * lanes;
}
