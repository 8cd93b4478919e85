import { type Matrix, transposed } from "../graph/constant-matrix.js";
import { type Complex, times } from "./complex.js";
import type { WinogradPoint, WinogradTransform } from "./transform.js";

/**
 * The points of a two-dimensional Winograd convolution whose row points are all real, or all
 * complex. A row point has one part then, or two, its real and imaginary; it meets every column
 * point in the same products.
 */
export interface WinogradGroup {
  readonly rowPoints: readonly WinogradPoint[];
  readonly parts: 1 | 2;
  /** Products of one row point with all column points. */
  readonly products: number;
  /** [products, parts * columns.size]: from a row point's parts to the factors on the input's side. */
  readonly input: Matrix;
  /** [rowPoints * products, kernelHeight * kernelWidth]: the factors on the weight's side. */
  readonly weight: Matrix;
  /** [parts * columns.tile, products]: back to the row point's parts. */
  readonly output: Matrix;
}

/** Both groups, without those that have no point. */
export function winogradGroups(
  rows: WinogradTransform,
  columns: WinogradTransform,
): readonly WinogradGroup[] {
  const groups = [realGroup(rows.realPoints, columns), complexGroup(rows.complexPoints, columns)];
  return groups.filter(({ rowPoints }) => rowPoints.length > 0);
}

/** How many products a tile takes. */
export function winogradProducts(rows: WinogradTransform, columns: WinogradTransform): number {
  const onReal = columns.realPoints.length + 3 * columns.complexPoints.length;
  const onComplex = 3 * columns.realPoints.length + 6 * columns.complexPoints.length;
  return rows.realPoints.length * onReal + rows.complexPoints.length * onComplex;
}

/** A linear form in a row point's parts, or from a product to them: one vector a part. */
type Form = readonly (readonly number[])[];

/** What one product does on each side. */
interface Product {
  readonly input: Form;
  weight(rowPoint: WinogradPoint): readonly number[];
  readonly output: Form;
}

function realGroup(rowPoints: readonly WinogradPoint[], columns: WinogradTransform): WinogradGroup {
  const products = [
    ...columns.realPoints.map(
      (column): Product => ({
        input: [column.input.map(re)],
        weight: (row) => outer(row.weight, column.weight).map(re),
        output: [column.output.map(re)],
      }),
    ),
    ...columns.complexPoints.flatMap((column) =>
      complexProducts(
        { re: [column.input.map(re)], im: [column.input.map(im)] },
        (row) => outer(row.weight, column.weight),
        // The conjugate point gives the conjugate: together twice the real part.
        {
          re: [column.output.map((value) => 2 * value.re)],
          im: [column.output.map((value) => -2 * value.im)],
        },
      ),
    ),
  ];
  return group(rowPoints, 1, products);
}

function complexGroup(rowPoints: readonly WinogradPoint[], columns: WinogradTransform): WinogradGroup {
  const conjugates = columns.complexPoints.map(conjugate);
  const points = [...columns.realPoints, ...columns.complexPoints, ...conjugates];
  const products = points.flatMap((column) =>
    complexProducts(
      {
        re: [column.input.map(re), column.input.map((value) => -value.im)],
        im: [column.input.map(im), column.input.map(re)],
      },
      (row) => outer(row.weight, column.weight),
      {
        re: [column.output.map(re), column.output.map(im)],
        im: [column.output.map((value) => -value.im), column.output.map(re)],
      },
    ),
  );
  return group(rowPoints, 2, products);
}

/**
 * `u v` of complex numbers by three real products, `u' v'`, `u" v"` and `(u' + u")(v' + v")`:
 * the real part is the first less the second, the imaginary the third less both.
 */
function complexProducts(
  input: { readonly re: Form; readonly im: Form },
  weight: (rowPoint: WinogradPoint) => readonly Complex[],
  output: { readonly re: Form; readonly im: Form },
): readonly Product[] {
  return [
    {
      input: input.re,
      weight: (row) => weight(row).map(re),
      output: combine(1, output.re, -1, output.im),
    },
    {
      input: input.im,
      weight: (row) => weight(row).map(im),
      output: combine(-1, output.re, -1, output.im),
    },
    {
      input: combine(1, input.re, 1, input.im),
      weight: (row) => weight(row).map((value) => value.re + value.im),
      output: output.im,
    },
  ];
}

function group(
  rowPoints: readonly WinogradPoint[],
  parts: 1 | 2,
  products: readonly Product[],
): WinogradGroup {
  return {
    rowPoints,
    parts,
    products: products.length,
    input: products.map(({ input }) => input.flat()),
    weight: rowPoints.flatMap((row) => products.map(({ weight }) => weight(row))),
    output: transposed(products.map(({ output }) => output.flat())),
  };
}

const re = (value: Complex): number => value.re;
const im = (value: Complex): number => value.im;

function conjugate({ isReal, input, weight, output }: WinogradPoint): WinogradPoint {
  const mirror = (values: readonly Complex[]): readonly Complex[] =>
    values.map((value) => ({ re: value.re, im: -value.im }));
  return { isReal, input: mirror(input), weight: mirror(weight), output: mirror(output) };
}

function outer(rows: readonly Complex[], columns: readonly Complex[]): readonly Complex[] {
  return rows.flatMap((row) => columns.map((column) => times(row, column)));
}

function combine(scaleA: number, a: Form, scaleB: number, b: Form): Form {
  return a.map((line, part) => line.map((value, index) => scaleA * value + scaleB * (b[part]?.[index] ?? 0)));
}
