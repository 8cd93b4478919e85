/** Multiplications and additions of a command, of channels that are padding too; of products only. */
export function flopsOf({ kernel, dims, operands }, images) {
  const [rowsPerImage, , , , inStride, columns4, , , , , , , , partialStride] = dims;
  const matrix = inStride * columns4 * 4;
  if (kernel.name.startsWith("convolution")) {
    // The planes of Winograd's products, or the elements of a window.
    const weight = operands[1].sizeBytes ?? operands[1].range.sizeBytes;
    return 2 * images * rowsPerImage * Math.floor(weight / 4 / matrix) * matrix;
  }
  if (!kernel.name.startsWith("weight-gradient")) return 0;
  return 2 * images * rowsPerImage * Math.floor(partialStride / matrix) * matrix;
}

/**
 * The bytes that a command must move at least: every operand once, however often it is read.
 *
 * @param regionBytes gives a whole region's
 */
export function bytesOf({ operands }, regionBytes) {
  const sizes = new Map(
    operands.map((operand) => [keyOf(operand), operand.sizeBytes ?? rangeBytes(operand, regionBytes)]),
  );
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The time that a device with these ceilings needs at least. Units: ms; undefined without ceilings. */
export function boundOf({ flops, bytes }, ceilings) {
  if (ceilings === undefined) return undefined;
  return 1000 * Math.max(flops / ceilings.flopsPerSecond, bytes / ceilings.bytesPerSecond);
}

/** A slot is itself; two parts of a region are the same where they begin together. */
function keyOf(operand) {
  return operand.region === undefined ? operand : `${operand.region} ${operand.range?.offset ?? 0}`;
}

function rangeBytes({ region, range }, regionBytes) {
  return range?.sizeBytes ?? regionBytes(region);
}
