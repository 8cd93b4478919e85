import { expect, it } from "vitest";
import { roundedToBfloat16, toFloat16 } from "./float16.js";

/** A finite float16 by its bits. */
function float16Of(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
}

const LARGEST_BITS = 0x7bff;

it("leaves every float16 as it is, of either sign", () => {
  for (let bits = 0; bits <= LARGEST_BITS; bits += 1) {
    expect(toFloat16(float16Of(bits))).toBe(float16Of(bits));
    expect(toFloat16(-float16Of(bits))).toBe(-float16Of(bits));
  }
});

it("rounds to the nearest, halfway to the even one", () => {
  for (let bits = 0; bits < LARGEST_BITS; bits += 1) {
    const [below, above] = [float16Of(bits), float16Of(bits + 1)];
    const step = above - below;
    expect(toFloat16(below + step / 2)).toBe(bits % 2 === 0 ? below : above);
    expect(toFloat16(below + 0.4375 * step)).toBe(below);
    expect(toFloat16(-below - 0.5625 * step)).toBe(-above);
  }
});

it("overflows halfway beyond 65504", () => {
  expect([65519, 65520, -65520, 1e9].map(toFloat16)).toEqual([65504, Infinity, -Infinity, Infinity]);
});

it("bfloat16 has 7 bits of fraction and float32's range", () => {
  expect(
    [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -7, -(1 + 2 ** -8 + 2 ** -20)].map(roundedToBfloat16),
  ).toEqual([1, 1 + 2 ** -6, 1 + 2 ** -7, -(1 + 2 ** -7)]);
  expect(roundedToBfloat16(2 ** 100)).toBe(2 ** 100);
});
