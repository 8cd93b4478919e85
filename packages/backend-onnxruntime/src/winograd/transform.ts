import { at } from "@nin/spec";

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
export function winogradTransform(
  tile: number,
  kernel: number,
  points: WinogradPoints = "roots",
): WinogradTransform {
  if (tile < 2) throw new RangeError(`F(${tile},${kernel}): expected a tile of at least 2 elements`);
  const size = tile + kernel - 1;
  if (points === "real") return realTransform(tile, kernel);
  const order = size - 2;
  const roots = Array.from({ length: order }, (_, power) => power).filter((power) => 2 * power <= order);
  const rootPoints = roots.map((power) => rootPoint(power, order, tile, kernel));
  return {
    tile,
    kernel,
    size,
    realPoints: [...endPoints(tile, kernel), ...rootPoints.filter(({ isReal }) => isReal)],
    complexPoints: rootPoints.filter(({ isReal }) => !isReal),
  };
}

/** What a transform's points are: roots of unity, or real numbers. */
export type WinogradPoints = "roots" | "real";

/** Finite real points, those that round least first. */
const REAL_POINTS = [0, 1, -1, 2, -2, 1 / 2, -1 / 2];

/** The most elements of a tile's input that `real` points are for: infinity is one more. */
export const MOST_REAL_POINTS: number = REAL_POINTS.length + 1;

/** Every point is real, so that none takes three products; powers of 2 and 1/2 amplify roundings by ten. */
function realTransform(tile: number, kernel: number): WinogradTransform {
  const size = tile + kernel - 1;
  if (size > MOST_REAL_POINTS)
    throw new RangeError(`F(${tile},${kernel}): expected at most ${MOST_REAL_POINTS} points`);
  const finite = REAL_POINTS.slice(0, size - 1);
  const powers = (base: number, count: number) =>
    Array.from({ length: count }, (_, exponent) => real(base ** exponent));
  const points = finite.map((point): WinogradPoint => {
    const others = finite.filter((other) => other !== point);
    const scale = others.reduce((product, other) => product * (point - other), 1);
    const input = [...polynomial(others).map((coefficient) => real(coefficient / scale)), real(0)];
    return { isReal: true, input, weight: powers(point, kernel), output: powers(point, tile) };
  });
  const infinity: WinogradPoint = {
    isReal: true,
    input: polynomial(finite).map(real),
    weight: unitVector(kernel, kernel - 1),
    output: unitVector(tile, tile - 1),
  };
  return { tile, kernel, size, realPoints: [...points, infinity], complexPoints: [] };
}

/** The coefficients of the monic polynomial with these zeros, lowest first. */
function polynomial(zeros: readonly number[]): readonly number[] {
  let factors: readonly number[] = [1];
  for (const zero of zeros) {
    const scaled = [...factors, 0];
    factors = [0, ...factors].map((value, power) => value - zero * at(scaled, power));
  }
  return factors;
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
