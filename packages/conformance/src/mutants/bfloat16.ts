/** The value cut to bfloat16: float32 with 16 bits of its fraction dropped. */
export function toBfloat16(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  bits.setUint16(2, 0);
  return bits.getFloat32(0);
}
