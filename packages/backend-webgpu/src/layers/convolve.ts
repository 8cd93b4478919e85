import { convolution } from "../kernels/convolution/convolution.js";
import { type ConvolutionDims, POINTWISE } from "../kernels/convolution/geometry.js";
import { im2col } from "../kernels/convolution/im2col.js";
import { swapChannels } from "../kernels/convolution/swap-channels.js";
import { reluBackward } from "../kernels/elementwise/relu.js";
import type { MatmulKernel } from "../kernels/matmul/matmul.js";
import { addPartials } from "../kernels/weight-gradient/add-partials.js";
import { biasGradient } from "../kernels/weight-gradient/bias-gradient.js";
import { segmentsOf, weightGradient } from "../kernels/weight-gradient/weight-gradient.js";
import type { TensorRef } from "../program/command.js";
import { biasesIn, type ParameterSection, sectionIn, weightsIn } from "../program/parameter-layout.js";
import { convolveWinograd, winogradExtent } from "./convolve-winograd.js";
import type { LayerNode, NetworkBuilder, WantedGradient } from "./network-builder.js";
import { type Gradient, imageLength, paddedChannels, type Value } from "./value.js";

/** A convolution or a linear layer, a ReLU after it included. */
export interface ConvolveOptions {
  readonly name: string;
  readonly input: Value;
  /** Without its tensor. */
  readonly output: Omit<Value, "tensor" | "stride">;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly bias: boolean;
  readonly relu: boolean;
  /** The host's shape of the weight. */
  readonly weightShape: readonly number[];
}

/** Adds the forward commands of a convolution. */
export function convolve(builder: NetworkBuilder, options: ConvolveOptions): LayerNode {
  const { matmul, winogradChannels } = builder.options.kernelsOf(options);
  const kernel = winogradExtent(options, winogradChannels);
  if (kernel !== undefined) return convolveWinograd(builder, options, { kernel, matmul });
  const { name, input, relu } = options;
  const output = builder.value(name, { ...options.output, stride: paddedChannels(options.output.channels) });
  const byIm2col = input.stride % 8 !== 0;
  const [kernelHeight, kernelWidth] = options.kernelSize;
  const windowLength = paddedChannels(kernelHeight * kernelWidth * input.stride);
  const rows = [output.height, output.width] as const;
  const dims: ConvolutionDims = byIm2col
    ? { ...POINTWISE, rows, source: rows, inStride: windowLength, columns: output.stride }
    : { ...windowOf(options), rows, inStride: input.stride, columns: output.stride };
  const section = builder.options.parameters.section(
    name,
    { shape: options.weightShape, inStride: input.stride, outStride: output.stride },
    byIm2col ? windowLength : kernelHeight * kernelWidth * input.stride,
    options.bias,
  );
  const source = byIm2col ? addIm2col(builder, options, rows, windowLength) : input.tensor;
  const weight = weightsIn("parameters", section);
  builder.forward.push(
    convolution(
      dims,
      {
        input: source,
        weight,
        extra: options.bias ? biasesIn("parameters", section) : weight,
        result: output.tensor,
      },
      {
        matmul,
        transposed: false,
        epilogue: { bias: options.bias, relu },
      },
    ),
  );
  return {
    output,
    afterRelu: relu,
    backward(gradient, wanted) {
      const masked = relu && !gradient.masked;
      if (masked)
        builder.backward.push(
          reluBackward(imageLength(output), { output: output.tensor, gradient: gradient.tensor }),
        );
      addParameterGradients(builder, { dims, section, source, matmul }, gradient.tensor);
      if (!wanted.ofInput) return undefined;
      return addInputGradient(builder, { ...options, section, matmul }, gradient.tensor, wanted);
    },
  };
}

function windowOf({ kernelSize, stride, padding, input }: ConvolveOptions) {
  return { kernelSize, stride, padding, source: [input.height, input.width] as const };
}

function addIm2col(
  builder: NetworkBuilder,
  options: ConvolveOptions,
  rows: readonly [number, number],
  columns: number,
): TensorRef {
  const { input } = options;
  const tensor = builder.tensor(
    `windows of ${options.name}`,
    builder.options.microBatchSize * rows[0] * rows[1] * columns,
  );
  const dims = { ...windowOf(options), rows, inStride: input.stride, columns };
  builder.forward.push(im2col(dims, { input: input.tensor, result: tensor }));
  return tensor;
}

function addParameterGradients(
  builder: NetworkBuilder,
  layer: {
    readonly dims: ConvolutionDims;
    readonly section: ParameterSection;
    readonly source: TensorRef;
    readonly matmul: MatmulKernel;
  },
  outputGradient: TensorRef,
): void {
  const { dims, section, source, matmul } = layer;
  const { microBatchSize } = builder.options;
  const rows = microBatchSize * dims.rows[0] * dims.rows[1];
  const segments = segmentsOf(rows, section.length);
  const partial = builder.tensor(`sums of ${section.name}`, segments.count * section.length);
  builder.backward.push(
    weightGradient(dims, segments, { input: source, outputGradient, partial }, { matmul }),
  );
  if (section.bias) {
    builder.backward.push(
      biasGradient(dims, segments, section.weightLength, { outputGradient, partial }, matmul),
    );
  }
  const gradient = sectionIn("gradients", section);
  builder.backward.push(addPartials(dims, segments, { partial, gradient }, matmul));
}

function addInputGradient(
  builder: NetworkBuilder,
  layer: ConvolveOptions & { readonly section: ParameterSection; readonly matmul: MatmulKernel },
  outputGradient: TensorRef,
  { inputAfterRelu }: WantedGradient,
): Gradient {
  const { input, output, section, matmul } = layer;
  const [kernelHeight, kernelWidth] = layer.kernelSize;
  const { inStride, outStride } = section.weight;
  const elements = kernelHeight * kernelWidth;
  const weight = weightsIn("parameters", section);
  const swapped = builder.tensor(`swapped ${section.name}`, elements * inStride * outStride);
  const tensor = builder.gradient(input);
  const dims: ConvolutionDims = {
    ...windowOf(layer),
    rows: [input.height, input.width],
    source: [output.height, output.width],
    inStride: outStride,
    columns: inStride,
  };
  builder.prologue.push(swapChannels({ elements, inStride, outStride }, { weight, result: swapped }));
  builder.backward.push(
    convolution(
      dims,
      {
        input: outputGradient,
        weight: swapped,
        extra: inputAfterRelu ? input.tensor : swapped,
        result: tensor,
      },
      {
        matmul,
        transposed: true,
        epilogue: { mask: inputAfterRelu },
      },
    ),
  );
  return { tensor, masked: inputAfterRelu };
}
