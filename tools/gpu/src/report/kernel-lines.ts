import { byteRate, flopRate } from "./speed.mjs";

/** Kernels that take less of a step are left out. */
const LEAST_SHARE = 0.01;

/** A case of the step `kernels`: each kernel's time, its bound, and the rate that it makes. */
export function kernelLines({ model, precision, images, totalMs, boundMs, byKernel }) {
  return [
    `${model} ${precision}, ${images} images at once: ${totalMs.toFixed(2)} ms${besideBound(totalMs, boundMs)}`,
    ...byKernel.filter(({ ms }) => ms >= LEAST_SHARE * totalMs).map((kernel) => kernelLine(kernel, totalMs)),
  ];
}

function kernelLine({ kernel, ms, boundMs, flops, bytes }, totalMs) {
  const share = ((100 * ms) / totalMs).toFixed(1).padStart(5);
  const rate = flops > 0 ? flopRate((1000 * flops) / ms) : byteRate((1000 * bytes) / ms);
  return `  ${kernel.padEnd(32)} ${ms.toFixed(3).padStart(10)} ms ${share}%  ${rate.padStart(14)}${besideBound(ms, boundMs)}`;
}

function besideBound(ms, boundMs) {
  if (boundMs === undefined) return "";
  return `  bound ${boundMs.toFixed(3)} ms (${((100 * boundMs) / ms).toFixed(0)}%)`;
}
