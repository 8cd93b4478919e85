import type { DeviceTensor } from "../runtime/tensorflow.js";
import { hasMargins, imageShape, type Margins, type PlacedWindow } from "./window.js";

/** How a device pads and cuts a tensor, as `tf.pad` and `tf.slice` do. */
export interface Cuts {
  pad(tensor: DeviceTensor, paddings: [number, number][], value: number): DeviceTensor;
  slice(tensor: DeviceTensor, begin: number[], size: number[]): DeviceTensor;
}

/**
 * An image with the window's rows and columns around it, and without those that no window covers; the image itself where
 * there are none. Shapes: NHWC.
 */
export function withMargins(
  { pad, slice }: Cuts,
  image: DeviceTensor,
  window: PlacedWindow,
  value: number,
): DeviceTensor {
  if (!hasMargins(window)) return image;
  const [rows, columns] = window.margins;
  const padded = isPadded(window) ? pad(image, paddings(added(rows), added(columns)), value) : image;
  if (!isCut(window)) return padded;
  const [batch, height, width, channels] = imageShape(image.shape);
  const size = [batch, height + rows[0] + rows[1], width + columns[0] + columns[1], channels];
  return slice(padded, [0, 0, 0, 0], size);
}

/** What `withMargins` was given, out of what it gave; zeros where it left something out. Shapes: NHWC. */
export function withoutMargins(
  { pad, slice }: Cuts,
  image: DeviceTensor,
  window: PlacedWindow,
  size: readonly number[],
): DeviceTensor {
  if (!hasMargins(window)) return image;
  const [rows, columns] = window.margins;
  const whole = isCut(window) ? pad(image, paddings(lost(rows), lost(columns)), 0) : image;
  return slice(whole, [0, rows[0], columns[0], 0], [...size]);
}

function isPadded({ margins }: PlacedWindow): boolean {
  return margins.some(([before, after]) => before > 0 || after > 0);
}

function isCut({ margins }: PlacedWindow): boolean {
  return margins.some(([, after]) => after < 0);
}

function added([before, after]: Margins): Margins {
  return [before, Math.max(0, after)];
}

function lost([, after]: Margins): Margins {
  return [0, Math.max(0, -after)];
}

function paddings(rows: Margins, columns: Margins): [number, number][] {
  return [[0, 0], [...rows], [...columns], [0, 0]];
}
