/** The matrices of a one-dimensional Winograd convolution F(tile, kernel), row-major. */
export interface WinogradTransform {
  readonly tile: number;
  readonly kernel: number;
  /** Products a tile: `tile + kernel - 1`. */
  readonly size: number;
  /** [tile, size]: `A^T`. */
  readonly output: readonly (readonly number[])[];
  /** [size, kernel]: `G`. */
  readonly weight: readonly (readonly number[])[];
  /** [size, size]: `B^T`. */
  readonly input: readonly (readonly number[])[];
}

/** Interpolation points, infinity aside, in order of preference: the fewer and smaller, the more accurate. */
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];

/**
 * The Toom-Cook construction: `y = A^T ((G g) * (B^T d))` gives the `tile` correlations
 * `y[i] = sum_k d[i + k] g[k]`. Rows of `G` and `B^T` are balanced by powers of two.
 *
 * Source: Lavin, Gray, Fast Algorithms for Convolutional Neural Networks, 2015; Barabasz et al.,
 * Error Analysis and Improving the Accuracy of Winograd Convolution, 2018.
 */
export function winogradTransform(tile: number, kernel: number): WinogradTransform {
  const size = tile + kernel - 1;
  const points = POINTS.slice(0, size - 1);
  if (points.length < size - 1) throw new RangeError(`F(${tile},${kernel}) needs ${size - 1} points`);
  const weight: number[][] = [];
  const input: number[][] = [];
  points.forEach((point, index) => {
    const others = points.filter((_, other) => other !== index);
    const scale = others.reduce((total, other) => total * (point - other), 1);
    const row = Array.from({ length: kernel }, (_, power) => point ** power / scale);
    const balance = 2 ** Math.round(Math.log2(Math.max(...row.map(Math.abs))));
    weight.push(row.map((value) => value / balance));
    input.push([...polynomial(others), 0].map((value) => value * balance));
  });
  weight.push(Array.from({ length: kernel }, (_, power) => (power === kernel - 1 ? 1 : 0)));
  input.push([...polynomial(points)]);
  const output = Array.from({ length: tile }, (_, power) => [
    ...points.map((point) => point ** power),
    power === tile - 1 ? 1 : 0,
  ]);
  return { tile, kernel, size, output, weight, input };
}

/** Coefficients of the product of `(x - root)`, the constant first. */
function polynomial(roots: readonly number[]): readonly number[] {
  return roots.reduce<readonly number[]>(
    (coefficients, root) =>
      Array.from(
        { length: coefficients.length + 1 },
        (_, power) => (coefficients[power - 1] ?? 0) - root * (coefficients[power] ?? 0),
      ),
    [1],
  );
}
