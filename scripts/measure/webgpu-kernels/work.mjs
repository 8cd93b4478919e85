/** Multiplications and additions of a command, of channels that are padding too; of products only. */
export function flopsOf({ kernel, dims, operands }, images) {
  const matrix = dims.inStride * dims.columns4 * 4;
  const perElement = 2 * images * dims.rowsPerImage * matrix;
  if (kernel.name.startsWith("convolution")) {
    // The planes of Winograd's products, or the elements of a window.
    const weight = operands.weight.sizeBytes ?? operands.weight.range.sizeBytes;
    return perElement * Math.floor(weight / 4 / matrix);
  }
  if (!kernel.name.startsWith("weight-gradient")) return 0;
  return perElement * Math.floor(dims.partialStride / matrix);
}

/**
 * The bytes that a command must move at least: every operand once, however often it is read.
 *
 * @param bufferBytes gives a whole buffer's
 */
export function bytesOf({ operands }, bufferBytes) {
  const sizes = new Map(
    Object.values(operands).map((operand) => [
      keyOf(operand),
      operand.sizeBytes ?? rangeBytes(operand, bufferBytes),
    ]),
  );
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The time that a device with these ceilings needs at least. Units: ms; undefined without ceilings. */
export function boundOf({ flops, bytes }, ceilings) {
  if (ceilings === undefined) return undefined;
  return 1000 * Math.max(flops / ceilings.flopsPerSecond, bytes / ceilings.bytesPerSecond);
}

/** A tensor is itself; two parts of a buffer are the same where they begin together. */
function keyOf(operand) {
  return operand.buffer === undefined ? operand : `${operand.buffer} ${operand.range?.offset ?? 0}`;
}

function rangeBytes({ buffer, range }, bufferBytes) {
  return range?.sizeBytes ?? bufferBytes(buffer);
}
