import fc from "fast-check";
import type { Size2d } from "../layers/layer-kind.js";
import type { Shape } from "../layers/tensor.js";
import { sizes, written } from "./sizes.js";

/** A layer drawn before its input is known: fits itself to the shape it is given. */
export type LayerSketch = (input: Shape) => object;

const MAX_KERNEL = 5;
const MAX_STRIDE = 6;
const MAX_PADDING = 2;
const MAX_MLP_LENGTH = 4;

const convolutionWindow = {
  brief: fc.boolean(),
  kernelSize: sizes(1, MAX_KERNEL),
  stride: fc.oneof({ weight: 3, arbitrary: sizes(1, 2) }, { weight: 1, arbitrary: sizes(1, MAX_STRIDE) }),
  padding: sizes(0, MAX_PADDING),
};

/** A convolution of so many channels. */
export function convSketch(outChannels: fc.Arbitrary<number>): fc.Arbitrary<LayerSketch> {
  return fc
    .record(
      { ...convolutionWindow, outChannels, bias: fc.boolean() },
      { requiredKeys: ["brief", "kernelSize", "outChannels"] },
    )
    .map(({ brief, kernelSize, stride, padding, ...fields }) => (input) => ({
      kind: "conv2d",
      ...fields,
      ...fittedConvolution({ brief, kernelSize, stride, padding }, input),
    }));
}

/** A block of so many channels, its last convolution of `lastChannels`. */
export function ninBlockSketch(
  channels: fc.Arbitrary<number>,
  lastChannels: fc.Arbitrary<number>,
): fc.Arbitrary<LayerSketch> {
  const optional = {
    mlpKernelSize: fc.constantFrom(1, 3, [1, 3], [3, 1]),
    mlpLength: fc.integer({ min: 0, max: MAX_MLP_LENGTH }),
  };
  return fc
    .record(
      {
        ...convolutionWindow,
        ...optional,
        lastChannels,
        inner: fc.array(channels, { minLength: MAX_MLP_LENGTH, maxLength: MAX_MLP_LENGTH }),
      },
      { requiredKeys: ["brief", "kernelSize", "lastChannels", "inner"] },
    )
    .map(({ brief, kernelSize, stride, padding, lastChannels, inner, mlpLength, ...fields }) => {
      const [outChannels, ...mlpChannels] = [...inner.slice(0, mlpLength ?? 0), lastChannels];
      return (input) => ({
        kind: "ninBlock",
        outChannels,
        ...(mlpLength === undefined ? {} : { mlpChannels }),
        ...fields,
        ...fittedConvolution({ brief, kernelSize, stride, padding }, input),
      });
    });
}

/** A pool of either kind. */
export function poolSketch(kind: "maxPool2d" | "avgPool2d"): fc.Arbitrary<LayerSketch> {
  return fc
    .record(
      { ...convolutionWindow, ceilMode: fc.boolean() },
      { requiredKeys: ["brief", "kernelSize", "stride"] },
    )
    .map(({ brief, kernelSize, stride, padding = [0, 0], ...fields }) => (input) => {
      const kernel = fittedKernel(kernelSize, padding, input);
      const half = (axis: 0 | 1): number => Math.min(padding[axis], Math.floor(kernel[axis] / 2));
      const fittedPadding: Size2d = [half(0), half(1)];
      return {
        kind,
        kernelSize: written(kernel, brief),
        stride: written(stride, brief),
        ...(padding[0] + padding[1] === 0 ? {} : { padding: written(fittedPadding, brief) }),
        ...fields,
      };
    });
}

interface DrawnWindow {
  readonly brief: boolean;
  readonly kernelSize: Size2d;
  readonly stride: Size2d | undefined;
  readonly padding: Size2d | undefined;
}

function fittedConvolution({ brief, kernelSize, stride, padding }: DrawnWindow, input: Shape): object {
  return {
    kernelSize: written(fittedKernel(kernelSize, padding ?? [0, 0], input), brief),
    ...(stride === undefined ? {} : { stride: written(stride, brief) }),
    ...(padding === undefined ? {} : { padding: written(padding, brief) }),
  };
}

function fittedKernel(kernel: Size2d, padding: Size2d, [, height = 1, width = 1]: Shape): Size2d {
  return [Math.min(kernel[0], height + 2 * padding[0]), Math.min(kernel[1], width + 2 * padding[1])];
}
