/**
 * An evaluation point of a one-dimensional convolution: its rows of the three transforms. A complex point also stands
 * for its conjugate.
 */
export interface WinogradPoint {
  readonly isReal: boolean;
  /** [size]: its row of `B^T`. */
  readonly input: readonly Complex[];
  /** [kernel]: its row of `G`. */
  readonly weight: readonly Complex[];
  /** [tile]: its column of `A^T`. */
  readonly output: readonly Complex[];
}

/** A one-dimensional Winograd convolution F(tile, kernel). */
export interface WinogradTransform {
  readonly tile: number;
  readonly kernel: number;
  /** Elements of the input that a tile needs: `tile + kernel - 1`. */
  readonly size: number;
  readonly realPoints: readonly WinogradPoint[];
  readonly complexPoints: readonly WinogradPoint[];
}

/**
 * The Toom-Cook construction: `y = A^T ((G g) * (B^T d))` gives the `tile` correlations
 * `y[i] = sum_k d[i + k] g[k]`. Its points are 0, infinity and the complex roots of unity of order
 * `size - 2`, whose powers all have magnitude 0 or 1: roundings are not amplified, and float32 results are as exact
 * as those of the direct sum. The usual points 2 and 1/2 cost a decimal digit.
 *
 * @throws RangeError when `tile` is below 2
 *
 * Source: Winograd, Arithmetic Complexity of Computations, 1980; Lavin, Gray, Fast Algorithms for
 * Convolutional Neural Networks, 2015; docs/decisions.
 */
export function winogradTransform(tile: number, kernel: number): WinogradTransform {
  if (tile < 2) throw new RangeError(`F(${tile},${kernel}): expected a tile of at least 2 elements`);
  const size = tile + kernel - 1;
  const order = size - 2;
  const roots = Array.from({ length: order }, (_, power) => power).filter((power) => 2 * power <= order);
  const points = roots.map((power) => rootPoint(power, order, tile, kernel));
  return {
    tile,
    kernel,
    size,
    realPoints: [...endPoints(tile, kernel), ...points.filter(({ isReal }) => isReal)],
    complexPoints: points.filter(({ isReal }) => !isReal),
  };
}

/** 0 and infinity: the first and the last coefficient, minus what the polynomial of the roots contributes to it. */
function endPoints(tile: number, kernel: number): readonly WinogradPoint[] {
  const size = tile + kernel - 1;
  const first = unitVector(size, 0);
  const last = unitVector(size, size - 1);
  if (size > 2) {
    first[size - 2] = real(-1);
    last[1] = real(-1);
  }
  return [
    { isReal: true, input: first, weight: unitVector(kernel, 0), output: unitVector(tile, 0) },
    { isReal: true, input: last, weight: unitVector(kernel, kernel - 1), output: unitVector(tile, tile - 1) },
  ];
}

/** A root of unity `z`: its Lagrange polynomial is `sum_j (x / z)^j / order`, j from 1 to `order`. */
function rootPoint(power: number, order: number, tile: number, kernel: number): WinogradPoint {
  const powers = (count: number): readonly Complex[] =>
    Array.from({ length: count }, (_, exponent) => rootOfUnity(power * exponent, order));
  const input = powers(order + 1).map(({ re, im }) => ({ re: re / order, im: -im / order }));
  return {
    isReal: rootOfUnity(power, order).im === 0,
    input: [real(0), ...input.slice(1), real(0)],
    weight: powers(kernel),
    output: powers(tile),
  };
}

function unitVector(length: number, position: number): Complex[] {
  return Array.from({ length }, (_, index) => real(index === position ? 1 : 0));
}

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

const real = (re: number): Complex => ({ re, im: 0 });
export const realPart = ({ re }: Complex): number => re;
export const imaginaryPart = ({ im }: Complex): number => im;

export const times = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});

const QUARTER_TURNS: readonly Complex[] = [
  { re: 1, im: 0 },
  { re: 0, im: 1 },
  { re: -1, im: 0 },
  { re: 0, im: -1 },
];

/** `e^(2 pi i power / order)`, exact where that is a multiple of a quarter turn. */
function rootOfUnity(power: number, order: number): Complex {
  const rest = power % order;
  const quarter = QUARTER_TURNS[(4 * rest) / order];
  const angle = (2 * Math.PI * rest) / order;
  return quarter ?? { re: Math.cos(angle), im: Math.sin(angle) };
}
