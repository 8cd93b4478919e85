import { elementCount, shownText } from "@nin/spec";
import { type Dtype, dtypeBytes, dtypeOf, type TensorData } from "./dtype.js";
import { SafetensorsError } from "./errors.js";

/** A tensor to write; its array determines the element type. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** The data starts at a multiple of this, so that every element type is aligned. Units: bytes. */
const ALIGNMENT = 8;

/**
 * The bytes of a safetensors file. The same tensors in the same order always give the same bytes: wider element types come
 * first, otherwise the given order is kept.
 *
 * @throws SafetensorsError when the number of a tensor's values does not match its shape, or for a tensor named
 *   `__metadata__`
 */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const placed = place(tensors);
  const header = encodeHeader(placed, metadata);
  const dataBytes = placed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const file = new Uint8Array(8 + header.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  for (const { tensor, begin } of placed) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    file.set(new Uint8Array(buffer, byteOffset, byteLength), 8 + header.length + begin);
  }
  return file;
}

interface PlacedTensor {
  readonly name: string;
  readonly tensor: WritableTensor;
  readonly dtype: Dtype;
  readonly begin: number;
  readonly sizeBytes: number;
}

function place(tensors: ReadonlyMap<string, WritableTensor>): readonly PlacedTensor[] {
  const typed = [...tensors].map(([name, tensor]) => {
    if (name === "__metadata__") {
      throw new SafetensorsError(`tensor ${name}`, "the format reserves this name for its metadata");
    }
    if (tensor.data.length !== elementCount(tensor.shape)) {
      const expected = `${elementCount(tensor.shape)} values for shape [${tensor.shape.join(", ")}]`;
      throw new SafetensorsError(
        `tensor ${shownText(name)}`,
        `expected ${expected}, got ${tensor.data.length}`,
      );
    }
    return { name, tensor, dtype: dtypeOf(tensor.data) };
  });
  typed.sort((a, b) => dtypeBytes[b.dtype] - dtypeBytes[a.dtype]);
  let begin = 0;
  return typed.map((entry) => {
    const sizeBytes = entry.tensor.data.byteLength;
    const placed = { ...entry, begin, sizeBytes };
    begin += sizeBytes;
    return placed;
  });
}

function encodeHeader(placed: readonly PlacedTensor[], metadata: ReadonlyMap<string, string>): Uint8Array {
  // `fromEntries` creates own properties, even for a tensor named `__proto__`.
  const header = Object.fromEntries([
    ...(metadata.size === 0 ? [] : [["__metadata__", Object.fromEntries(metadata)] as const]),
    ...placed.map(
      ({ name, tensor, dtype, begin, sizeBytes }) =>
        [name, { dtype, shape: tensor.shape, data_offsets: [begin, begin + sizeBytes] }] as const,
    ),
  ]);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
  padded.set(json);
  return padded;
}
