import type { Size2d } from "@nin/spec";

/** A window that slides over an image. */
export interface Window {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly ceilMode?: boolean;
}

/** Height and width are axis 0 and 1 of a window's sizes. */
export type Axis = 0 | 1;

/**
 * How many windows there are along one axis, found by placing them one after another. With
 * `ceilMode` one more is placed when elements of the padded input are left over, if it starts
 * inside the input or its left padding and less than a stride of it runs past.
 */
export function windowCount(extent: number, window: Window, axis: Axis): number {
  const kernel = window.kernelSize[axis];
  const stride = window.stride[axis];
  const padding = window.padding[axis];
  const paddedEnd = extent + padding;
  let count = 0;
  let start = -padding;
  let coveredEnd = start;
  while (start + kernel <= paddedEnd) {
    count += 1;
    coveredEnd = start + kernel;
    start += stride;
  }
  const leftOver = coveredEnd < paddedEnd;
  const overhang = start + kernel - paddedEnd;
  const fits = start < extent && overhang < stride;
  return window.ceilMode === true && leftOver && fits ? count + 1 : count;
}

/** Positions from `start` up to `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The part of the `index`-th window along one axis that lies inside the input. */
export function windowRange(index: number, extent: number, window: Window, axis: Axis): Range {
  const start = index * window.stride[axis] - window.padding[axis];
  return { start: Math.max(start, 0), end: Math.min(start + window.kernelSize[axis], extent) };
}

/** The windows along one axis whose element `tap` lies inside the input. */
export function windowsWithTap(
  tap: number,
  extent: number,
  count: number,
  window: Window,
  axis: Axis,
): Range {
  const stride = window.stride[axis];
  const offset = tap - window.padding[axis];
  const start = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(count, Math.ceil((extent - offset) / stride));
  return { start, end: Math.max(start, end) };
}
