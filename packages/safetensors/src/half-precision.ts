/**
 * IEEE 754 binary16 as float32; every value is exact.
 *
 * @param bytes - little-endian, two for each number
 */
export function widenFloat16(bytes: Uint8Array): Float32Array {
  return widened(bytes, (bits) => {
    const sign = (bits & 0x8000) === 0 ? 1 : -1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/**
 * bfloat16 as float32: its bits are the upper half.
 *
 * @param bytes - little-endian, two for each number
 */
export function widenBfloat16(bytes: Uint8Array): Float32Array {
  const one = new DataView(new ArrayBuffer(4));
  return widened(bytes, (bits) => {
    one.setUint32(0, bits << 16);
    return one.getFloat32(0);
  });
}

function widened(bytes: Uint8Array, widen: (bits: number) => number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, index) =>
    widen(view.getUint16(2 * index, true)),
  );
}
