import { elementCount, PURPOSE, philox, philoxKey, type Shape, type Tensor } from "@nin/spec";

/** Float32 values in [-1, 1), the same for a seed every time. */
export function randomTensor(shape: Shape, seed: number): Tensor {
  const words = new Uint32Array(4);
  const key = philoxKey(seed);
  const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => {
    if (index % 4 === 0) philox(key, index / 4, 0, 0, PURPOSE.synthetic, words);
    return 2 * ((words[index % 4] ?? 0) / 2 ** 32) - 1;
  });
  return { shape, data };
}

/** Bytes 0..255. */
export function randomBytes(count: number, seed: number): Uint8Array {
  return Uint8Array.from(randomTensor([count], seed).data, (value) => Math.floor((value + 1) * 128));
}

/** Labels 0..classes-1. */
export function randomLabels(count: number, classes: number, seed: number): Uint8Array {
  return randomBytes(count, seed).map((byte) => byte % classes);
}
