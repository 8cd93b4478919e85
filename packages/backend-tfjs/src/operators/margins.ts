import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import { hasMargins, type PlacedWindow } from "./window.js";

/** An image with the window's rows and columns around it; the image itself where there are none. Shapes: NHWC. */
export function withMargins(
  tf: TensorFlow,
  image: DeviceTensor,
  window: PlacedWindow,
  value: number,
): DeviceTensor {
  if (!hasMargins(window)) return image;
  const [rows, columns] = window.margins;
  return tf.pad(image, [[0, 0], [...rows], [...columns], [0, 0]], value);
}

/** What `withMargins` was given, out of what it gave. Shapes: NHWC. */
export function withoutMargins(
  tf: TensorFlow,
  image: DeviceTensor,
  window: PlacedWindow,
  size: readonly number[],
): DeviceTensor {
  if (!hasMargins(window)) return image;
  const [rows, columns] = window.margins;
  return tf.slice(image, [0, rows[0], columns[0], 0], [...size]);
}
