import { at, type Size2d } from "@nin/spec";

/** A window that slides over an image. */
export interface Window {
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly ceilMode?: boolean;
}

/** Rows or columns put before and after an image; a negative number of them is cut off. */
export type Margins = readonly [before: number, after: number];

/** A window on an image of a given size, as TensorFlow takes it. */
export interface PlacedWindow {
  readonly kernelSize: [number, number];
  readonly stride: [number, number];
  /** TensorFlow's own padding: `same` where it is what the window asks for. */
  readonly pad: "valid" | "same";
  /** Rows and columns to be put around the image first; none with `same`. */
  readonly margins: readonly [Margins, Margins];
  readonly outputSize: Size2d;
}

/** The four extents of images, or of a convolution's weights. */
export function imageShape(shape: readonly number[]): [number, number, number, number] {
  return [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
}

/** Places a window on an image; `same` only where it is allowed. Shapes: size [height, width]. */
export function placeWindow(window: Window, size: Size2d, mayBeSame = true): PlacedWindow {
  const rows = placeAxis(window, size[0], 0);
  const columns = placeAxis(window, size[1], 1);
  const kernel = {
    kernelSize: [...window.kernelSize] as [number, number],
    stride: [...window.stride] as [number, number],
    outputSize: [rows.count, columns.count] as const,
  };
  const unpadded = [...rows.margins, ...columns.margins].every((margin) => margin === 0);
  if (unpadded || !mayBeSame || !(rows.same && columns.same)) {
    return { ...kernel, pad: "valid", margins: [rows.margins, columns.margins] };
  }
  return {
    ...kernel,
    pad: "same",
    margins: [
      [0, 0],
      [0, 0],
    ],
  };
}

/**
 * Places a convolution's window. Where it is placed once along an axis, its stride does not matter: there it has stride 1, and
 * an image that ends where it does. TensorFlow 2.21's convolutions compute with memory that nobody wrote, in float32 and in
 * bfloat16, where the output is one pixel wide and the stride is more than 1. Shapes: size [height, width].
 */
export function placeConvolution(window: Window, size: Size2d): PlacedWindow {
  const placed = placeWindow(window, size);
  const idle = placed.outputSize.map((count, axis) => count === 1 && at(placed.stride, axis) > 1);
  if (!idle.includes(true)) return placed;
  const { margins, stride, ...explicit } = placeWindow(window, size, false);
  const along = (axis: 0 | 1): Margins => {
    const [before, after] = margins[axis];
    return idle[axis] === true ? [before, window.kernelSize[axis] - size[axis] - before] : [before, after];
  };
  return {
    ...explicit,
    stride: [idle[0] === true ? 1 : stride[0], idle[1] === true ? 1 : stride[1]],
    margins: [along(0), along(1)],
  };
}

/** Whether the image must be padded or cut before TensorFlow's operator sees it. */
export function hasMargins({ margins }: PlacedWindow): boolean {
  return margins.flat().some((count) => count !== 0);
}

interface PlacedAxis {
  readonly count: number;
  readonly margins: Margins;
  readonly same: boolean;
}

function placeAxis(window: Window, extent: number, axis: 0 | 1): PlacedAxis {
  const kernel = window.kernelSize[axis];
  const stride = window.stride[axis];
  const padding = window.padding[axis];
  const count = countWindows(window, extent, axis);
  const end = (count - 1) * stride + kernel;
  const after = Math.max(0, end - extent - padding);
  const sameCount = Math.ceil(extent / stride);
  const sameTotal = Math.max(0, (sameCount - 1) * stride + kernel - extent);
  const same = count === sameCount && padding === Math.floor(sameTotal / 2);
  return { count, margins: [padding, after], same };
}

/** With `ceilMode` a last window may pass the padded image's end, if it starts inside the image or the padding before it. */
function countWindows(window: Window, extent: number, axis: 0 | 1): number {
  const stride = window.stride[axis];
  const padding = window.padding[axis];
  const room = extent + 2 * padding - window.kernelSize[axis];
  const whole = Math.floor(room / stride) + 1;
  const startsInside = whole * stride - padding < extent;
  return window.ceilMode === true && room % stride !== 0 && startsInside ? whole + 1 : whole;
}
