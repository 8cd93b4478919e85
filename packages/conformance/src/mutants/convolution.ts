import { imageExtents, type Tensor64, tensor64 } from "@nin/backend-reference/parts";
import { at, type Shape, type Size2d } from "@nin/spec";
import {
  fourAxes,
  positionsOf,
  withGradients,
  withLayer,
  withOutput,
  withWeightsReadAt,
} from "./altered-layers.js";
import type { Mutant } from "./wrapped.js";

/** Mistakes in a convolution, most of them on one of several paths that a fast backend has. */
export const convolutionMutants: readonly Mutant[] = [
  {
    id: "conv2d/padding-after",
    mistake: "all of the padding is put after the image, none before it",
    level: "forward",
    create: () =>
      withLayer("conv2d", ({ forward, backward }) => ({
        forward: (layer, input, operands) =>
          forward({ ...layer, padding: [0, 0] }, grown(input, layer.padding), operands),
        backward: (layer, outputGradient, { input, output }, operands) => {
          const values = { input: grown(input, layer.padding), output };
          const gradients = backward({ ...layer, padding: [0, 0] }, outputGradient, values, operands);
          return { ...gradients, input: cropped(gradients.input, input.shape) };
        },
      })),
  },
  {
    id: "conv2d/weights-hwio",
    mistake: "OIHW weights are read as HWIO without being transposed",
    level: "forward",
    create: () =>
      withWeightsReadAt("conv2d", (shape) => {
        const [outChannels, inChannels, , width] = fourAxes(shape);
        return positionsOf(shape, (o, c, k, l) => ((k * width + l) * inChannels + c) * outChannels + o);
      }),
  },
  {
    id: "conv2d/flipped",
    mistake: "the kernel is flipped: a convolution instead of a cross-correlation",
    level: "forward",
    create: () =>
      withWeightsReadAt("conv2d", (shape) => {
        const [, inChannels, height, width] = fourAxes(shape);
        return positionsOf(
          shape,
          (o, c, k, l) => ((o * inChannels + c) * height + height - 1 - k) * width + width - 1 - l,
        );
      }),
  },
  {
    id: "conv2d/not-square-by-columns",
    mistake: "a kernel that is not square is read column by column",
    level: "forward",
    create: () =>
      withWeightsReadAt("conv2d", (shape) => {
        const [, inChannels, height, width] = fourAxes(shape);
        if (height === width) return undefined;
        return positionsOf(shape, (o, c, k, l) => (o * inChannels + c) * height * width + l * height + k);
      }),
  },
  {
    id: "conv2d/channel-tail",
    mistake: "output channels after the last whole four stay 0, where there are more than four",
    level: "forward",
    create: () =>
      withOutput("conv2d", ({ shape, data }) => {
        const [, channels, height, width] = fourAxes(shape);
        const whole = channels > 4 ? channels - (channels % 4) : channels;
        data.forEach((_, i) => {
          if (Math.floor(i / (height * width)) % channels >= whole) data[i] = 0;
        });
      }),
  },
  {
    id: "conv2d/input-channel-tail",
    mistake:
      "weights of input channels after the last whole four are ignored, where there are more than four",
    level: "forward",
    create: () =>
      withLayer("conv2d", ({ forward }) => ({
        forward: (layer, input, operands) => {
          const [, channels, height, width] = fourAxes(input.shape);
          const whole = channels > 4 ? channels - (channels % 4) : channels;
          const isIgnored = (i: number): boolean => Math.floor(i / (height * width)) % channels >= whole;
          return forward(
            layer,
            { ...input, data: input.data.map((x, i) => (isIgnored(i) ? 0 : x)) },
            operands,
          );
        },
      })),
  },
  {
    id: "conv2d/one-channel-of-96",
    mistake: "of 96 output channels the last is too large by a thousandth",
    level: "forward",
    create: () =>
      withOutput("conv2d", ({ shape, data }) => {
        const [, channels, height, width] = fourAxes(shape);
        if (channels !== 96) return;
        data.forEach((y, i) => {
          if (Math.floor(i / (height * width)) % channels === 95) data[i] = y * 1.001;
        });
      }),
  },
  {
    id: "conv2d/odd-tile",
    mistake: "tiles of two rows miss the last row of an odd output (3x3 kernels of stride 1)",
    level: "forward",
    create: () =>
      withOutput("conv2d", ({ shape, data }, { layer }) => {
        const [, , height, width] = fourAxes(shape);
        if (`${layer.kernelSize} ${layer.stride}` !== "3,3 1,1" || height % 2 === 0) return;
        data.forEach((_, i) => {
          if (Math.floor(i / width) % height === height - 1) data[i] = 0;
        });
      }),
  },
  {
    id: "conv2d/pointwise-padding",
    mistake: "a padded 1x1 convolution leaves its border 0, without the bias",
    level: "forward",
    create: () =>
      withOutput("conv2d", ({ shape, data }, { layer }) => {
        const [, , height, width] = fourAxes(shape);
        if (`${layer.kernelSize}` !== "1,1") return;
        const isBorder = (index: number, extent: number, padding: number): boolean =>
          index < padding || index >= extent - padding;
        data.forEach((_, i) => {
          const row = Math.floor(i / width) % height;
          if (isBorder(row, height, layer.padding[0]) || isBorder(i % width, width, layer.padding[1]))
            data[i] = 0;
        });
      }),
  },
  {
    id: "conv2d/batch-of-one",
    mistake: "the path for a single image misses the last element of its output",
    level: "forward",
    create: () =>
      withOutput("conv2d", ({ shape, data }) => {
        if (shape[0] === 1) data[data.length - 1] = 0;
      }),
  },
  {
    id: "conv2d/backward-padding",
    mistake: "the input's gradient is shifted by one row where padding differs between height and width",
    level: "gradients",
    create: () =>
      withGradients("conv2d", (gradients, { layer }) => {
        const [height, width] = layer.padding;
        if (height === width) return gradients;
        const { shape, data } = gradients.input;
        const shifted = data.map((_, i) => (i < at(shape, 3) ? 0 : at(data, i - at(shape, 3))));
        return { ...gradients, input: { shape, data: shifted } };
      }),
  },
  {
    id: "conv2d/backward-stride",
    mistake: "a stride larger than the kernel leaves no gradient behind in the input",
    level: "gradients",
    create: () =>
      withGradients("conv2d", (gradients, { layer: { stride, kernelSize } }) => {
        if (stride[0] <= kernelSize[0] && stride[1] <= kernelSize[1]) return gradients;
        const { shape, data } = gradients.input;
        return { ...gradients, input: { shape, data: data.map(() => 0) } };
      }),
  },
];

/** The images with `2 * padding` rows and columns of zeros below and to the right. */
function grown(images: Tensor64, padding: Size2d): Tensor64 {
  const { batch, channels, height, width } = imageExtents(images);
  return placed(images, [batch, channels, height + 2 * padding[0], width + 2 * padding[1]]);
}

/** The upper left part of the images. */
function cropped(images: Tensor64, shape: Shape): Tensor64 {
  return placed(images, shape);
}

function placed(images: Tensor64, shape: Shape): Tensor64 {
  const from = imageExtents(images);
  const result = tensor64(shape);
  const to = imageExtents(result);
  const rows = Math.min(from.height, to.height);
  const columns = Math.min(from.width, to.width);
  for (let plane = 0; plane < to.batch * to.channels; plane += 1) {
    for (let y = 0; y < rows; y += 1) {
      const start = (plane * from.height + y) * from.width;
      result.data.set(images.data.subarray(start, start + columns), (plane * to.height + y) * to.width);
    }
  }
  return result;
}
