import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { widenBfloat16, widenFloat16 } from "./half-precision.js";

/** All 65,536 of them, at an odd position in memory. */
const patterns = new Uint8Array(1 + 2 * 65_536).subarray(1);
const view = new DataView(patterns.buffer, patterns.byteOffset);
for (let bits = 0; bits < 65_536; bits += 1) view.setUint16(2 * bits, bits, true);

/** Of the float32 bits, NaN as one pattern. */
function hash(values: Float32Array): string {
  const words = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => {
    if (Number.isNaN(value)) words.setUint32(4 * index, 0x7fc00000, true);
    else words.setFloat32(4 * index, value, true);
  });
  return createHash("sha256").update(words).digest("hex");
}

// Hashes by PyTorch 2.13: `torch.arange(65536).to(torch.int16).view(dtype).to(torch.float32)`.
it.each([
  ["F16", widenFloat16, "385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259"],
  ["BF16", widenBfloat16, "f12e27efe34841dfd6391497b86f389096b03a376586e1d9691bba0a8de3980a"],
] as const)("every %s becomes the float32 that PyTorch makes of it", (_, widen, expected) => {
  expect(hash(widen(patterns))).toBe(expected);
});
