import { floatTensor, integerTensor, type SafetensorsFile, type StoredTensor } from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import { type Architecture, at, shownNames, shownText, type Tensor } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";

/** The tensors that `--input` may hold. */
const INPUT_NAMES: readonly string[] = ["input", "labels"];

/**
 * Reads a file of preprocessed images, with labels where there are any.
 *
 * @throws `SafetensorsError`, `UsageError`
 */
export async function readInputFile(path: string): Promise<SafetensorsFile> {
  const file = await readSafetensors(path);
  const unknown = [...file.tensors.keys()].find((name) => !INPUT_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `${path}: expected a tensor "input", and "labels" for gradients; found ${shownText(unknown)}`,
    );
  }
  return file;
}

/**
 * The tensor "input", [N, channels, height, width].
 *
 * @throws `UsageError`, `SafetensorsError`
 */
export function inputOf(file: SafetensorsFile, { input }: Architecture, path: string): Tensor {
  const tensor = floatTensor(requireTensor(file, "input", path), "input", path);
  const [count, ...rest] = tensor.shape;
  const expected = [input.channels, input.height, input.width];
  if (rest.join() !== expected.join() || count === undefined || count < 1) {
    const given = `[${tensor.shape.join(", ")}]`;
    throw new UsageError(`${path}: input: expected shape [N, ${expected.join(", ")}], got ${given}`);
  }
  return tensor;
}

/**
 * The tensor "labels", int64 [N].
 *
 * @param count - N, the number of images
 * @throws `UsageError`, `SafetensorsError`
 */
export function labelsOf(file: SafetensorsFile, count: number, path: string): Int32Array {
  const { shape, data } = integerTensor(requireTensor(file, "labels", path), "labels", path);
  if (shape.length !== 1 || shape[0] !== count) {
    throw new UsageError(`${path}: labels: expected shape [${count}], got [${shape.join(", ")}]`);
  }
  return data;
}

/** Images `start` to `end` of a batch, without copying. */
export function imagesOf({ shape, data }: Tensor, start: number, end: number): Tensor {
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
  return { shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) };
}

/** Batches joined along their first axis. There must be one at least. */
export function joined(parts: readonly Tensor[]): Tensor {
  const first = at(parts, 0);
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = first.data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  let position = 0;
  for (const part of parts) {
    data.set(part.data, position);
    position += part.data.length;
  }
  const count = parts.reduce((sum, { shape }) => sum + at(shape, 0), 0);
  return { shape: [count, ...first.shape.slice(1)], data };
}

function requireTensor(file: SafetensorsFile, name: string, path: string): StoredTensor {
  const tensor = file.tensors.get(name);
  if (tensor !== undefined) return tensor;
  const found = shownNames(file.tensors.keys());
  throw new UsageError(`${path}: expected a tensor ${name}, found ${found}`);
}
