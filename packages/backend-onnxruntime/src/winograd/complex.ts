/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const real = (re: number): Complex => ({ re, im: 0 });

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
export function rootOfOne(power: number, order: number): Complex {
  const rest = power % order;
  const quarter = QUARTER_TURNS[(4 * rest) / order];
  const angle = (2 * Math.PI * rest) / order;
  return quarter ?? { re: Math.cos(angle), im: Math.sin(angle) };
}
