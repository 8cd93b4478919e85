import { elementCount, type NamedTensors, shownText, type Tensor } from "@nin/spec";
import { SafetensorsError } from "./errors.js";
import { widenBfloat16, widenFloat16 } from "./half-precision.js";
import type { SafetensorsFile, StoredTensor } from "./parse.js";

/**
 * All tensors of a file as floating-point numbers, copied.
 *
 * @throws SafetensorsError for a tensor that does not hold floating-point numbers
 */
export function floatTensors(file: SafetensorsFile, source = "safetensors"): NamedTensors {
  return new Map([...file.tensors].map(([name, stored]) => [name, floatTensor(stored, name, source)]));
}

/**
 * One tensor of floating-point numbers, copied: F64 in float64, F32, F16 and BF16 in float32, all exact.
 *
 * @throws SafetensorsError for another type
 */
export function floatTensor({ dtype, shape, bytes }: StoredTensor, name: string, source: string): Tensor {
  if (dtype === "F32") return { shape, data: new Float32Array(copied(bytes)) };
  if (dtype === "F64") return { shape, data: new Float64Array(copied(bytes)) };
  if (dtype === "F16") return { shape, data: widenFloat16(bytes) };
  if (dtype === "BF16") return { shape, data: widenBfloat16(bytes) };
  throw new SafetensorsError(
    source,
    `tensor ${shownText(name)}: expected F32, F64, F16 or BF16, got ${dtype}`,
  );
}

/**
 * An I64 or I32 tensor whose values fit 32 bits, such as labels.
 *
 * @throws SafetensorsError otherwise
 */
export function integerTensor(
  { dtype, shape, bytes }: StoredTensor,
  name: string,
  source: string,
): { readonly shape: readonly number[]; readonly data: Int32Array } {
  if (dtype === "I32") return { shape, data: new Int32Array(copied(bytes)) };
  if (dtype !== "I64")
    throw new SafetensorsError(source, `tensor ${shownText(name)}: expected I64, got ${dtype}`);
  const wide = new BigInt64Array(copied(bytes));
  const data = new Int32Array(elementCount(shape));
  wide.forEach((value, index) => {
    if (BigInt.asIntN(32, value) !== value) {
      throw new SafetensorsError(
        source,
        `tensor ${shownText(name)}: expected 32-bit values, got ${value} at ${index}`,
      );
    }
    data[index] = Number(value);
  });
  return { shape, data };
}

/** A copy, as the bytes of a file may be unaligned. */
function copied(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
