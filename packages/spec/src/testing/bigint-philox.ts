const MASK = 0xffffffffn;
const MULTIPLIERS = [0xd2511f53n, 0xcd9e8d57n] as const;
const WEYL = [0x9e3779b9n, 0xbb67ae85n] as const;

/** Philox4x32-10 as the paper writes it, in integers of any size: slow, and with nothing to get wrong. */
export function bigintPhilox(
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
): readonly [number, number, number, number] {
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (let round = 0; round < 10; round += 1) {
    const product0 = MULTIPLIERS[0] * x0;
    const product1 = MULTIPLIERS[1] * x2;
    [x0, x1, x2, x3] = [
      (product1 >> 32n) ^ x1 ^ k0,
      product1 & MASK,
      (product0 >> 32n) ^ x3 ^ k1,
      product0 & MASK,
    ];
    k0 = (k0 + WEYL[0]) & MASK;
    k1 = (k1 + WEYL[1]) & MASK;
  }
  return [Number(x0), Number(x1), Number(x2), Number(x3)];
}

/** Word `e` of a purpose's stream: counter (floor(e/4), index, time, purpose), key from the seed. */
export function bigintWord(
  seed: number,
  e: number,
  place: { readonly index: number; readonly time: number; readonly purpose: number },
): number {
  const words = bigintPhilox(bigintKey(seed), [Math.floor(e / 4), place.index, place.time, place.purpose]);
  return words[e % 4] ?? Number.NaN;
}

/** (seed mod 2^32, floor(seed / 2^32)). */
export function bigintKey(seed: number): readonly [number, number] {
  return [Number(BigInt(seed) % 2n ** 32n), Number(BigInt(seed) / 2n ** 32n)];
}
