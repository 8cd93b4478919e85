import type { ImageFormat } from "@nin/backend";
import { at, type InputSpec, perChannel, resizeAxis } from "@nin/spec";

/** What the preprocessing kernel looks up. */
export interface PreprocessingTables {
  readonly taps: { readonly y: number; readonly x: number };
  readonly starts: Int32Array;
  readonly coefficients: Int32Array;
  /** [channels, 256]: a byte's value, `(fround(byte / 255) - mean) / std`. */
  readonly values: Float32Array;
}

export function preprocessingTables(format: ImageFormat, input: InputSpec): PreprocessingTables {
  const y = axisOf(format.height, input.height);
  const x = axisOf(format.width, input.width);
  const mean = perChannel(format.preprocessing.mean, input.channels, "preprocessing.mean");
  const std = perChannel(format.preprocessing.std, input.channels, "preprocessing.std");
  return {
    taps: { y: y.taps, x: x.taps },
    starts: Int32Array.from([...y.starts, ...x.starts]),
    coefficients: Int32Array.from([...y.coefficients, ...x.coefficients]),
    values: Float32Array.from({ length: input.channels * 256 }, (_, index) => {
      const channel = Math.floor(index / 256);
      return (Math.fround((index % 256) / 255) - at(mean, channel)) / at(std, channel);
    }),
  };
}

/** An axis that keeps its size takes each byte as it is. */
function axisOf(from: number, to: number) {
  if (from !== to) return resizeAxis(from, to);
  const one = 2 ** 22;
  return {
    taps: 1,
    starts: Int32Array.from({ length: to }, (_, position) => position),
    coefficients: new Int32Array(to).fill(one),
  };
}
