import {
  forEachWindow,
  layerMaths,
  type Tensor64,
  tensor64,
  type WindowElements,
} from "@nin/backend-reference/parts";
import { at, type MaxPool2d } from "@nin/spec";
import { fourAxes, withChangedFields, withGradients, withLayer, withOutput } from "./altered-layers.js";
import type { Mutant } from "./wrapped.js";

/** Mistakes in pools. */
export const poolingMutants: readonly Mutant[] = [
  {
    id: "max-pool2d/ceil-for-floor",
    mistake: "sizes are always rounded up",
    level: "shapes",
    create: () => withChangedFields("maxPool2d", (layer) => ({ ...layer, ceilMode: true })),
  },
  {
    id: "avg-pool2d/floor-for-ceil",
    mistake: "sizes are always rounded down: ceilMode is ignored",
    level: "shapes",
    create: () => withChangedFields("avgPool2d", (layer) => ({ ...layer, ceilMode: false })),
  },
  {
    id: "max-pool2d/stride-is-kernel",
    mistake: "windows never overlap: the kernel's size is taken for the stride",
    level: "shapes",
    create: () => withChangedFields("maxPool2d", (layer) => ({ ...layer, stride: layer.kernelSize })),
  },
  {
    id: "max-pool2d/pads-zero",
    mistake: "padding counts as 0 instead of minus infinity",
    level: "forward",
    create: () =>
      withOutput("maxPool2d", (output, { layer, input }) => {
        forEachWindow(layer, input, output, ({ index, rows, columns }) => {
          const covered = (rows.end - rows.start) * (columns.end - columns.start);
          const isPadded = covered < layer.kernelSize[0] * layer.kernelSize[1];
          if (isPadded) output.data[index] = Math.max(0, at(output.data, index));
        });
      }),
  },
  {
    id: "max-pool2d/ties-last",
    mistake: "of equal maxima the last takes the gradient",
    level: "gradients",
    create: () => withTies((_gradient, maxima) => maxima.slice(-1).map((element) => [element, 1])),
  },
  {
    id: "max-pool2d/ties-all",
    mistake: "every element that equals the maximum takes the whole gradient",
    level: "gradients",
    create: () => withTies((_gradient, maxima) => maxima.map((element) => [element, 1])),
  },
  {
    id: "max-pool2d/overlap-overwritten",
    mistake: "gradients of overlapping windows replace each other instead of adding up",
    level: "gradients",
    create: () =>
      withTies((gradient, maxima) => {
        const first = at(maxima, 0);
        gradient[first] = 0;
        return [[first, 1]];
      }),
  },
  {
    id: "avg-pool2d/padding-not-counted",
    mistake: "divides by the elements inside the image, so that zeros of the padding do not count",
    level: "forward",
    create: () =>
      withOutput("avgPool2d", (output, { layer, input }) => {
        const ones = tensor64(input.shape, new Float64Array(input.data.length).fill(1));
        const share = layerMaths.avgPool2d.forward(layer, ones, {});
        output.data.forEach((mean, i) => {
          output.data[i] = mean / at(share.data, i);
        });
      }),
  },
  {
    id: "avg-pool2d/overhang-counted",
    mistake: "divides by the whole kernel where ceilMode lets a window run past the padded image",
    level: "forward",
    create: () =>
      withOutput("avgPool2d", (output, { layer, input }) => {
        const [, , height, width] = fourAxes(input.shape);
        const inside = (index: number, extent: number, axis: 0 | 1): number => {
          const start = index * layer.stride[axis] - layer.padding[axis];
          return (
            (Math.min(start + layer.kernelSize[axis], extent + layer.padding[axis]) - start) /
            layer.kernelSize[axis]
          );
        };
        forEachWindow(layer, input, output, ({ index, outputRow, outputColumn }) => {
          const mean = at(output.data, index);
          output.data[index] = mean * inside(outputRow, height, 0) * inside(outputColumn, width, 1);
        });
      }),
  },
  {
    id: "avg-pool2d/backward-height-only",
    mistake: "the gradient is divided by the square of the kernel's height, also where it is not square",
    level: "gradients",
    create: () =>
      withGradients("avgPool2d", (gradients, { layer: { kernelSize } }) => {
        const { shape, data } = gradients.input;
        const factor = kernelSize[1] / kernelSize[0];
        return { input: { shape, data: data.map((g) => g * factor) } };
      }),
  },
  {
    id: "global-avg-pool2d/sum",
    mistake: "the sum instead of the mean, its gradient as well",
    level: "forward",
    create: () =>
      withLayer("globalAvgPool2d", ({ forward, backward }) => ({
        forward: (layer, input, operands) => times(forward(layer, input, operands), plane(input)),
        backward: (layer, outputGradient, values, operands) =>
          backward(layer, times(outputGradient, plane(values.input)), values, operands),
      })),
  },
  {
    id: "global-avg-pool2d/gradient-not-divided",
    mistake: "every pixel takes the whole gradient of the mean",
    level: "gradients",
    create: () => withGradients("globalAvgPool2d", ({ input }) => ({ input: times(input, plane(input)) })),
  },
];

/** The elements that receive the gradient of a window, and the share of each. */
type Shares = readonly (readonly [element: number, share: number])[];

/** The reference, in which max pools pass their gradients to the elements that `share` gives. */
function withTies(share: (gradient: Float64Array, maxima: readonly number[]) => Shares) {
  return withLayer("maxPool2d", () => ({
    backward: (layer: MaxPool2d, outputGradient, { input, output }) => {
      const gradient = tensor64(input.shape);
      forEachWindow(layer, input, output, (window) => {
        for (const [element, part] of share(gradient.data, maximaOf(input, window))) {
          gradient.data[element] = at(gradient.data, element) + part * at(outputGradient.data, window.index);
        }
      });
      return { input: gradient };
    },
  }));
}

/** All elements of a window that equal its maximum, in row-major order. */
function maximaOf({ data }: Tensor64, { rows, columns, plane, width }: WindowElements): readonly number[] {
  const elements: number[] = [];
  for (let y = rows.start; y < rows.end; y += 1) {
    for (let x = columns.start; x < columns.end; x += 1) elements.push(plane + y * width + x);
  }
  const largest = Math.max(...elements.map((element) => at(data, element)));
  return elements.filter((element) => data[element] === largest);
}

function plane({ shape }: Tensor64): number {
  return at(shape, 2) * at(shape, 3);
}

function times({ shape, data }: Tensor64, factor: number): Tensor64 {
  return tensor64(
    shape,
    data.map((value) => value * factor),
  );
}
