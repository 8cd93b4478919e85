import type { ImageFormat } from "@nin/backend";
import { at, type InputSpec } from "@nin/spec";

/** How a bilinear resize differs from Pillow's. */
export interface ResizeMistake {
  /** The place of output pixel o in the input; (o + 0.5) * in/out - 0.5 by default. */
  readonly center?: (o: number, from: number, to: number) => number;
  /** Whether the filter is stretched when an image shrinks; true by default. */
  readonly isStretched?: boolean;
  readonly isRoundedBetween?: boolean;
  readonly isHeightFirst?: boolean;
  /** What is added before truncating to an integer; 0.5 by default. */
  readonly rounding?: number;
}

/** Shapes: images NCHW in `format`, result NCHW of the input's size. */
export function resizedImages(
  images: Uint8Array,
  format: ImageFormat,
  { height, width }: InputSpec,
  mistake: ResizeMistake,
): Uint8Array {
  const { isRoundedBetween = true, isHeightFirst = false, rounding = 0.5 } = mistake;
  const rounded = (values: Float64Array): Float64Array =>
    values.map((value) => Math.min(255, Math.max(0, Math.floor(value + rounding))));
  const between = isRoundedBetween ? rounded : (values: Float64Array): Float64Array => values;
  const source = Float64Array.from(images);
  if (isHeightFirst) {
    const tall = between(resizedAxis(source, format.height, height, format.width, mistake));
    return Uint8Array.from(rounded(resizedAxis(tall, format.width, width, 1, mistake)));
  }
  const wide = between(resizedAxis(source, format.width, width, 1, mistake));
  return Uint8Array.from(rounded(resizedAxis(wide, format.height, height, width, mistake)));
}

function halfPixelCenter(o: number, from: number, to: number): number {
  return ((o + 0.5) * from) / to - 0.5;
}

/** Resizes one axis; neighbours on it are `inner` elements apart. */
function resizedAxis(
  source: Float64Array,
  from: number,
  to: number,
  inner: number,
  { center = halfPixelCenter, isStretched = true }: ResizeMistake,
): Float64Array {
  if (from === to) return source;
  const support = isStretched ? Math.max(1, from / to) : 1;
  const target = new Float64Array((source.length / from) * to);
  return target.map((_, index) => {
    const o = Math.floor(index / inner) % to;
    const first = Math.floor(index / (inner * to)) * from;
    const middle = center(o, from, to);
    let sum = 0;
    let total = 0;
    for (let i = Math.ceil(middle - support); i <= middle + support; i += 1) {
      const weight = 1 - Math.abs(i - middle) / support;
      const isInside = i >= 0 && i < from;
      if (!isInside || weight <= 0) continue;
      sum += weight * at(source, (first + i) * inner + (index % inner));
      total += weight;
    }
    return sum / total;
  });
}
