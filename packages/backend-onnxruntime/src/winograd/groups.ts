import { at } from "@nin/spec";
import { type Matrix, transposeMatrix } from "../graph/matmul.js";
import {
  type Complex,
  imaginaryPart,
  realPart,
  times,
  type WinogradPoint,
  type WinogradTransform,
} from "./transform.js";

/**
 * The points of a two-dimensional Winograd convolution whose row points are all real, or all complex: a row point has
 * one part, or two (real and imaginary), and is combined with every column point by the same multiplications.
 */
export interface WinogradGroup {
  readonly rowPoints: readonly WinogradPoint[];
  readonly parts: 1 | 2;
  /** Real multiplications that combine one row point with all column points. */
  readonly multiplications: number;
  /** [multiplications, parts * columns.size]: from a row point's parts to the factors on the input's side. */
  readonly input: Matrix;
  /** [rowPoints * multiplications, kernelHeight * kernelWidth]: the factors on the weight's side. */
  readonly weight: Matrix;
  /** [parts * columns.tile, multiplications]: back to the row point's parts. */
  readonly output: Matrix;
}

/** The real and the complex group, without one that has no points. */
export function winogradGroups(
  rows: WinogradTransform,
  columns: WinogradTransform,
): readonly WinogradGroup[] {
  const groups = [realGroup(rows.realPoints, columns), complexGroup(rows.complexPoints, columns)];
  return groups.filter(({ rowPoints }) => rowPoints.length > 0);
}

/** The number of real multiplications that a tile takes for each pair of an input and an output channel. */
export function multiplicationsPerTile(rows: WinogradTransform, columns: WinogradTransform): number {
  const onReal = columns.realPoints.length + 3 * columns.complexPoints.length;
  const onComplex = 3 * columns.realPoints.length + 6 * columns.complexPoints.length;
  return rows.realPoints.length * onReal + rows.complexPoints.length * onComplex;
}

/** A linear form in a row point's parts, or from a product to these: one vector a part. */
type Form = readonly (readonly number[])[];

/** One real multiplication: its factors on the input's and the weight's side, and where its result goes. */
interface Multiplication {
  readonly input: Form;
  weight(rowPoint: WinogradPoint): readonly number[];
  readonly output: Form;
}

function realGroup(rowPoints: readonly WinogradPoint[], columns: WinogradTransform): WinogradGroup {
  const multiplications = [
    ...columns.realPoints.map(
      (column): Multiplication => ({
        input: [column.input.map(realPart)],
        weight: (row) => outer(row.weight, column.weight).map(realPart),
        output: [column.output.map(realPart)],
      }),
    ),
    ...columns.complexPoints.flatMap((column) =>
      complexMultiplication(
        { re: [column.input.map(realPart)], im: [column.input.map(imaginaryPart)] },
        (row) => outer(row.weight, column.weight),
        // The conjugate point contributes the conjugate: together they are twice the real part.
        {
          re: [column.output.map((value) => 2 * value.re)],
          im: [column.output.map((value) => -2 * value.im)],
        },
      ),
    ),
  ];
  return group(rowPoints, 1, multiplications);
}

function complexGroup(rowPoints: readonly WinogradPoint[], columns: WinogradTransform): WinogradGroup {
  const conjugates = columns.complexPoints.map(conjugate);
  const points = [...columns.realPoints, ...columns.complexPoints, ...conjugates];
  const multiplications = points.flatMap((column) =>
    complexMultiplication(
      {
        re: [column.input.map(realPart), column.input.map((value) => -value.im)],
        im: [column.input.map(imaginaryPart), column.input.map(realPart)],
      },
      (row) => outer(row.weight, column.weight),
      {
        re: [column.output.map(realPart), column.output.map(imaginaryPart)],
        im: [column.output.map((value) => -value.im), column.output.map(realPart)],
      },
    ),
  );
  return group(rowPoints, 2, multiplications);
}

/**
 * `u v` of complex numbers by three real multiplications (Gauss), `u' v'`, `u" v"` and `(u' + u")(v' + v")`: the real
 * part is the first minus the second, the imaginary part the third minus both.
 */
function complexMultiplication(
  input: { readonly re: Form; readonly im: Form },
  weight: (rowPoint: WinogradPoint) => readonly Complex[],
  output: { readonly re: Form; readonly im: Form },
): readonly Multiplication[] {
  return [
    {
      input: input.re,
      weight: (row) => weight(row).map(realPart),
      output: combine(1, output.re, -1, output.im),
    },
    {
      input: input.im,
      weight: (row) => weight(row).map(imaginaryPart),
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
  multiplications: readonly Multiplication[],
): WinogradGroup {
  return {
    rowPoints,
    parts,
    multiplications: multiplications.length,
    input: multiplications.map(({ input }) => input.flat()),
    weight: rowPoints.flatMap((row) => multiplications.map(({ weight }) => weight(row))),
    output: transposeMatrix(multiplications.map(({ output }) => output.flat())),
  };
}

function conjugate({ isReal, input, weight, output }: WinogradPoint): WinogradPoint {
  const mirror = (values: readonly Complex[]): readonly Complex[] =>
    values.map((value) => ({ re: value.re, im: -value.im }));
  return { isReal, input: mirror(input), weight: mirror(weight), output: mirror(output) };
}

function outer(rows: readonly Complex[], columns: readonly Complex[]): readonly Complex[] {
  return rows.flatMap((row) => columns.map((column) => times(row, column)));
}

function combine(scaleA: number, a: Form, scaleB: number, b: Form): Form {
  return a.map((line, part) => line.map((value, index) => scaleA * value + scaleB * at(at(b, part), index)));
}
