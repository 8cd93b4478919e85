/** A speed's median, as many digits as say something. */
export function speedOf({ median }) {
  return median.toFixed(median < 100 ? 1 : 0);
}

/** Operations a second, as TFLOP/s or GFLOP/s. */
export function flopRate(flopsPerSecond) {
  return flopsPerSecond < 1e12
    ? `${(flopsPerSecond / 1e9).toFixed(1)} GFLOP/s`
    : `${(flopsPerSecond / 1e12).toFixed(1)} TFLOP/s`;
}

/** Bytes a second. */
export function byteRate(bytesPerSecond) {
  return `${(bytesPerSecond / 1e9).toFixed(1)} GB/s`;
}
