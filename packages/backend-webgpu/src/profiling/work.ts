import { InternalError, present } from "@nin/spec";
import type { Command, Operand, PersistentBufferName } from "../program/command.js";

/** What a dispatch, or several, must do at least. */
export interface KernelWork {
  /** Multiplications and additions of matrix products, those of padding channels included. */
  readonly flops: number;
  /** Bytes of all operands, each counted once, however often it is read. */
  readonly bytes: number;
}

/** What a device can do at most. */
export interface DeviceCeilings {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** The part of a command that its work follows from. */
type CountedCommand = Pick<Command, "dims" | "operands"> & { readonly kernel: { readonly name: string } };

/**
 * The multiplications and additions of a command's matrix products; 0 for kernels of other kinds.
 *
 * @param images - the number of images in the micro-batch
 */
export function flopsOf({ kernel, dims, operands }: CountedCommand, images: number): number {
  const isConvolution = kernel.name.startsWith("convolution");
  if (!isConvolution && !kernel.name.startsWith("weight-gradient")) return 0;
  const matrix = dimension(dims, "inStride") * dimension(dims, "columns4") * 4;
  // Winograd has a matrix for each plane of its transforms, other convolutions one for each element of a window.
  const floats = isConvolution
    ? present(ownSizeBytes(present(operands.weight, "weight")), "the size of a convolution's weight") / 4
    : dimension(dims, "partialStride");
  return 2 * images * dimension(dims, "rowsPerImage") * Math.floor(floats / matrix) * matrix;
}

/**
 * The bytes that a command must move at least.
 *
 * @param bufferBytes - gives the size of a whole persistent buffer
 */
export function bytesOf(
  { operands }: Pick<Command, "operands">,
  bufferBytes: (name: PersistentBufferName) => number,
): number {
  const sizes = new Map(
    Object.values(operands).map((operand) => [
      keyOf(operand),
      "buffer" in operand ? (operand.range?.sizeBytes ?? bufferBytes(operand.buffer)) : operand.sizeBytes,
    ]),
  );
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * The time that a device with these ceilings needs at least.
 *
 * @returns milliseconds
 */
export function boundMs({ flops, bytes }: KernelWork, ceilings: DeviceCeilings): number {
  return 1000 * Math.max(flops / ceilings.flopsPerSecond, bytes / ceilings.bytesPerSecond);
}

function dimension(dims: CountedCommand["dims"], name: string): number {
  const value = dims[name];
  if (typeof value !== "number") throw new InternalError(`the dimension ${name} is not a number`);
  return value;
}

/** A tensor is itself; two parts of a persistent buffer are the same where they begin together. */
function keyOf(operand: Operand): unknown {
  return "buffer" in operand ? `${operand.buffer} ${operand.range?.offset ?? 0}` : operand;
}

function ownSizeBytes(operand: Operand): number | undefined {
  return "buffer" in operand ? operand.range?.sizeBytes : operand.sizeBytes;
}
