import { PATCH_ELEMENTS } from "../../../packages/backend-webgpu/dist/kernels/winograd.js";

/** Multiplications and additions of a command, of channels that are padding too; of products only. */
export function flopsOf({ kernel, dims, constants }, images) {
  if (!/^(convolution|weight-gradient)/.test(kernel.name)) return 0;
  const [rowsPerImage, , , , inStride, columns4, kernelHeight, kernelWidth] = dims;
  const products = constants?.GROUPED === 1 ? PATCH_ELEMENTS : 1;
  return 2 * products * images * rowsPerImage * inStride * columns4 * 4 * kernelHeight * kernelWidth;
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
