const bits = new DataView(new ArrayBuffer(4));

/** Bits of a float32's fraction that float16 lacks. */
const DROPPED = 13;
const LEAST_NORMAL = 2 ** -14;
const LEAST = 2 ** -24;
/** Halfway from the largest finite value, 65504, to the next, which there is not. */
const OVERFLOW = 65520;

/**
 * The value rounded to float16 (10 bits of fraction), to the nearest, ties to even: as WGSL's `f16(x)`
 * of a float32. Below 2^-14 the spacing is 2^-24.
 */
export function toFloat16(value: number): number {
  const size = Math.abs(value);
  if (size < LEAST_NORMAL) return LEAST * roundedToEven(value / LEAST);
  if (size >= OVERFLOW) return value > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return withoutBits(value, DROPPED);
}

/** The value rounded to bfloat16 (7 bits of fraction), likewise. */
export function roundedToBfloat16(value: number): number {
  return withoutBits(value, 16);
}

/** A float32 without the last bits of its fraction, to the nearest, ties to even. */
function withoutBits(value: number, count: number): number {
  if (!Number.isFinite(value)) return value;
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  const half = 2 ** (count - 1) - 1 + ((word >>> count) & 1);
  bits.setUint32(0, ((word + half) >>> count) << count);
  return bits.getFloat32(0);
}

function roundedToEven(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
