/** The toy's arithmetic, on an image: nested arrays [channel][row][column], or [feature]. */
export const kinds = {
  conv2d: (layer, image, ...own) => {
    const windows = slide(layer, image, 0, (window) => window.flat());
    return planes(layer.outChannels, windows, (taps, o) => weigh(taps, o, ...own));
  },
  linear: (layer, features, ...own) => range(0, layer.outFeatures).map((o) => weigh(features, o, ...own)),
  maxPool2d: (layer, image) => {
    const maxima = slide(layer, image, Number.NEGATIVE_INFINITY, (window) =>
      window.map((taps) => Math.max(...taps)),
    );
    return planes(image.length, maxima, (ofChannels, c) => ofChannels[c]);
  },
  avgPool2d: (layer, image) => {
    const means = slide(layer, image, 0, (window) => window.map(mean));
    return planes(image.length, means, (ofChannels, c) => ofChannels[c]);
  },
  globalAvgPool2d: (_, image) => image.map((plane) => [[mean(plane.flat())]]),
  relu: (_, value) => (Array.isArray(value) ? value.map((part) => kinds.relu(_, part)) : Math.max(value, 0)),
  dropout: (_, value) => value,
  flatten: (_, image) => image.flat(2),
};

const product = (shape) => shape.reduce((count, extent) => count * extent, 1);
export const zeros = (shape) => ({ shape, data: new Float32Array(product(shape)) });
export const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
export const shapesOf = (named) => new Map([...named].map(([name, { shape }]) => [name, shape]));
export const tensorOf = (value) => ({ shape: shapeOf(value), data: Float32Array.from(value.flat(3)) });
export const rowsOf = ({ shape: [images], data }) => ({ shape: [images, data.length / images], data });
export const nestedOf = ({ shape: [extent, ...inner], data }) =>
  Array.from({ length: extent }, (_, at) => {
    const part = data.subarray(at * product(inner), (at + 1) * product(inner));
    return inner.length === 0 ? data[at] : nestedOf({ shape: inner, data: part });
  });

const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const weigh = (values, o, { data }, bias) =>
  values.reduce((sum, value, at) => sum + value * data[o * values.length + at], bias?.data[o] ?? 0);

/** Every window, by row and column: what `look` makes of a list for each channel, `fill` in the padding. */
function slide(layer, image, fill, look) {
  const [rows, columns] = [image[0], image[0][0]].map(({ length }, axis) => places(layer, length, axis));
  const cover = (ys, xs) => image.map((plane) => ys.flatMap((y) => xs.map((x) => plane[y]?.[x] ?? fill)));
  return rows.map((ys) => columns.map((xs) => look(cover(ys, xs))));
}

/** [channel][row][column] from [row][column]: `value` of what is there and of the channel. */
function planes(channels, grid, value) {
  return range(0, channels).map((c) => grid.map((row) => row.map((entry) => value(entry, c))));
}

/** The places that windows cover along one axis of an image, those of the padding among them. */
function places({ kernelSize, stride, padding, ceilMode }, size, axis) {
  const [k, s, p, end] = [kernelSize[axis], stride[axis], padding[axis], size + padding[axis]];
  const isWindow = (at) => at + k <= end || (ceilMode && at < size && at - s + k < end);
  const starts = range(0, end + p).map((index) => index * s - p);
  return starts.filter(isWindow).map((at) => range(at, Math.min(at + k, end)));
}
