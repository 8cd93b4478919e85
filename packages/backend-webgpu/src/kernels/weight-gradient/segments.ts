import { type ConvolutionDims, rowsPerImage } from "../convolution/geometry.js";

/** How the pixels of a sum are cut, and the room that a segment's sums take. */
export interface Segments {
  /** Pixels of a segment. */
  readonly rows: number;
  /** Segments of the largest micro-batch. */
  readonly count: number;
  /** Floats of one segment's sums, biases included. */
  readonly stride: number;
}

/** Segments of so many images. */
export function usedSegments(dims: ConvolutionDims, segments: Segments, imageCount: number): number {
  return Math.ceil((imageCount * rowsPerImage(dims)) / segments.rows);
}

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
