// The toy's arithmetic, on one image at a time: a nested array [channel][row][column], or a list of features.

/** What each kind of layer makes of an image. Weights are [out][in][row][column], or [out][in]. */
export const forward = {
  conv2d(layer, image, weight, bias) {
    const windows = windowsOf(layer, image, 0).map((row) => row.map((window) => window.flat(2)));
    return weight.map((kernel, o) => {
      const taps = kernel.flat(2);
      return windows.map((row) => row.map((window) => dot(window, taps) + (bias?.[o] ?? 0)));
    });
  },
  linear(_layer, features, weight, bias) {
    return weight.map((row, o) => dot(features, row) + (bias?.[o] ?? 0));
  },
  maxPool2d(layer, image) {
    return poolOf(layer, image, Number.NEGATIVE_INFINITY, (values) => Math.max(...values));
  },
  avgPool2d(layer, image) {
    return poolOf(layer, image, 0, mean);
  },
  globalAvgPool2d(_layer, image) {
    return image.map((channel) => [[mean(channel.flat())]]);
  },
  relu(layer, value) {
    return Array.isArray(value) ? value.map((part) => forward.relu(layer, part)) : Math.max(value, 0);
  },
  flatten(_layer, image) {
    return image.flat(2);
  },
  /** It only does something in training. */
  dropout(_layer, value) {
    return value;
  },
};

/** One value for each window of each channel, which `summary` makes of the elements of the window. */
function poolOf(layer, image, padding, summary) {
  return image.map((channel) =>
    windowsOf(layer, [channel], padding).map((row) => row.map((window) => summary(window.flat(2)))),
  );
}

/** Every window over an image, by row and column, each [channel][row][column]; `padding` is the value outside. */
function windowsOf(layer, image, padding) {
  const [channel] = image;
  const rows = positionsOf(layer, channel.length, 0);
  const columns = positionsOf(layer, channel[0].length, 1);
  const window = (ys, xs) => image.map((plane) => ys.map((y) => xs.map((x) => plane[y]?.[x] ?? padding)));
  return rows.map((ys) => columns.map((xs) => window(ys, xs)));
}

/** The positions that each window covers along one axis: those of the padding count, those behind it do not. */
function positionsOf({ kernelSize, stride, padding, ceilMode }, size, axis) {
  const kernel = kernelSize[axis];
  const step = stride[axis];
  const end = size + padding[axis];
  const windows = [];
  let start = -padding[axis];
  while (start + kernel <= end) {
    windows.push(range(start, start + kernel));
    start += step;
  }
  // With `ceilMode` one more window, if something is left for it, and it begins before the padding behind.
  if (ceilMode && start - step + kernel < end && start < size) windows.push(range(start, end));
  return windows;
}

export function elementCount(shape) {
  return shape.reduce((count, extent) => count * extent, 1);
}

/** A tensor as nested arrays. */
export function nested({ shape: [extent, ...inner], data }) {
  if (extent === undefined) return data[0];
  const size = elementCount(inner);
  return range(0, extent).map((at) => {
    return nested({ shape: inner, data: data.subarray(at * size, (at + 1) * size) });
  });
}

/** Nested arrays as a tensor. */
export function tensorOf(value) {
  return { shape: shapeOf(value), data: Float32Array.from(value.flat(Number.POSITIVE_INFINITY)) };
}

export function shapeOf(value) {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

function range(start, end) {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

function dot(a, b) {
  return a.reduce((sum, value, index) => sum + value * b[index], 0);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
