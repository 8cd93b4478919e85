import { writeFile } from "node:fs/promises";
import { floatTensors, serializeSafetensors, type WritableTensor } from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import type { NamedTensors } from "@nin/spec";

/** The float tensors of a file, in its order. */
export async function readTensors(path: string): Promise<NamedTensors> {
  return floatTensors(await readSafetensors(path), path);
}

export function writeTensors(path: string, tensors: Readonly<Record<string, WritableTensor>>): Promise<void> {
  return writeFile(path, serializeSafetensors(new Map(Object.entries(tensors))));
}

/** Images of random pixels, the same every time, with the labels 0, 1, ... 9, 0, ... */
export function randomBatch(
  images: number,
  shape: readonly number[],
): { readonly input: WritableTensor; readonly labels: WritableTensor } {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  const length = shape.reduce((product, extent) => product * extent, images);
  return {
    input: { shape: [images, ...shape], data: Float32Array.from({ length }, next) },
    labels: {
      shape: [images],
      data: BigInt64Array.from({ length: images }, (_, index) => BigInt(index % 10)),
    },
  };
}
