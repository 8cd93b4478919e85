import type { Size2d } from "@nin/spec";

/** The fields of a pooling layer that determine its windows. */
export interface PoolWindow {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly ceilMode: boolean;
}

/** The number of windows along an axis; with `ceilMode` the last one starts inside the input or its left padding. */
export function poolWindowCount(pool: PoolWindow, axis: 0 | 1, extent: number): number {
  const { kernelSize, stride, padding, ceilMode } = pool;
  const room = extent + 2 * padding[axis] - kernelSize[axis];
  let count = 1;
  while (count * stride[axis] <= room) count += 1;
  const partialStart = count * stride[axis];
  const hasPartial = ceilMode && (count - 1) * stride[axis] < room && partialStart < extent + padding[axis];
  return hasPartial ? count + 1 : count;
}
