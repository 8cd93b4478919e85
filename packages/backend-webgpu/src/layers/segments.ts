import type { Segments } from "../kernels/convolution/convolution.js";

/** Rows that are added up in one go, so that long sums stay exact. */
const SEGMENT_ROWS = 1024;

/** Segments' sums take at most this. Units: floats. */
const MAX_PARTIAL_LENGTH = 2 ** 23;

/** Cuts a sum over `rows` rows into segments, whose sums take `stride` floats each. */
export function segmentsOf(rows: number, stride: number): Segments {
  const most = Math.max(1, Math.floor(MAX_PARTIAL_LENGTH / stride));
  const segmentRows = Math.max(SEGMENT_ROWS, Math.ceil(rows / most));
  return { rows: segmentRows, count: Math.ceil(rows / segmentRows), stride };
}
