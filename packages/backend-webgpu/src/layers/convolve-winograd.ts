import { convolution } from "../kernels/convolution/convolution.js";
import type { Epilogue } from "../kernels/convolution/epilogue.js";
import { type ConvolutionDims, POINTWISE } from "../kernels/convolution/geometry.js";
import { reluBackward } from "../kernels/elementwise/relu.js";
import type { MatmulKernel } from "../kernels/matmul/matmul.js";
import { addPartials } from "../kernels/weight-gradient/add-partials.js";
import { biasGradient } from "../kernels/weight-gradient/bias-gradient.js";
import { segmentsOf, weightGradient } from "../kernels/weight-gradient/weight-gradient.js";
import {
  inputTransform,
  outputGradientTransform,
  outputTransform,
} from "../kernels/winograd/image-transforms.js";
import { OUTPUT_TILE, PLANES, type TileDims, type WinogradExtent } from "../kernels/winograd/tiles.js";
import { weightGradientTransform, weightTransform } from "../kernels/winograd/weight-transforms.js";
import type { Command, Operand, TensorRef } from "../program/command.js";
import { biasesIn, type ParameterSection, weightsIn } from "../program/parameter-layout.js";
import type { ConvolveOptions } from "./convolve.js";
import type { LayerNode, NetworkBuilder } from "./network-builder.js";
import { imageLength, paddedChannels, type Value } from "./value.js";

/** The transforms are worth it where they leave at most this part of the plain sum's multiplications. */
const LARGEST_SHARE = 0.6;

/**
 * The extent of the window, if a convolution is cheaper by transforms: 3x3 or 5x5, stride 1, enough
 * channels.
 */
export function winogradExtent(
  { kernelSize, stride, input, output }: ConvolveOptions,
  leastChannels: number,
): WinogradExtent | undefined {
  const [kernel] = kernelSize;
  if (kernelSize[1] !== kernel || !(kernel === 3 || kernel === 5)) return undefined;
  if (stride.some((step) => step !== 1)) return undefined;
  // Pixels of a few channels lie without padding: im2col computes those.
  if (input.stride !== paddedChannels(input.channels)) return undefined;
  if (Math.min(input.channels, output.channels) < leastChannels) return undefined;
  const [tilesY, tilesX] = tileDims(kernel, output).tiles;
  const share = (PLANES[kernel] * tilesY * tilesX) / (kernel ** 2 * output.height * output.width);
  return share <= LARGEST_SHARE ? kernel : undefined;
}

/** A convolution by transforms, as far as forward and backward pass share it. */
interface TransformedLayer {
  readonly name: string;
  readonly matmul: MatmulKernel;
  readonly kernel: WinogradExtent;
  readonly section: ParameterSection;
  /** The input's tiles, transformed: kept from the forward pass for the weights' gradient. */
  readonly transformed: TensorRef;
  readonly output: Value;
}

/** Adds the forward commands of a convolution by transforms. */
export function convolveWinograd(
  builder: NetworkBuilder,
  options: ConvolveOptions,
  { kernel, matmul }: { readonly kernel: WinogradExtent; readonly matmul: MatmulKernel },
): LayerNode {
  const { name, input, relu, bias, padding } = options;
  const output = builder.value(name, { ...options.output, stride: paddedChannels(options.output.channels) });
  const section = builder.options.parameters.section(
    name,
    { shape: options.weightShape, inStride: input.stride, outStride: output.stride },
    kernel ** 2 * input.stride,
    bias,
  );
  const dims = tileDims(kernel, output);
  const transformed = transformedTensor(builder, `transformed input of ${name}`, dims, input.stride);
  const layer: TransformedLayer = { name, matmul, kernel, section, transformed, output };
  builder.forward.push(
    inputTransform(dims, tiledImage(input), padding, { image: input.tensor, transformed }),
    ...multiplied(builder, layer, {
      label: name,
      transformed,
      swapped: false,
      result: output,
      extra: bias ? biasesIn("parameters", section) : weightsIn("parameters", section),
      epilogue: { bias, relu },
    }),
  );
  return {
    output,
    afterRelu: relu,
    backward({ tensor: outputGradient, masked }, { ofInput, inputAfterRelu }) {
      if (relu && !masked) {
        builder.backward.push(
          reluBackward(imageLength(output), { output: output.tensor, gradient: outputGradient }),
        );
      }
      addParameterGradients(builder, layer, outputGradient);
      if (!ofInput) return undefined;
      const tensor = builder.gradient(input);
      addInputGradient(builder, layer, {
        outputGradient,
        padding: [kernel - 1 - padding[0], kernel - 1 - padding[1]],
        result: { ...input, tensor },
        mask: inputAfterRelu ? input.tensor : undefined,
      });
      return { tensor, masked: inputAfterRelu };
    },
  };
}

interface Multiplication {
  readonly label: string;
  /** An image's tiles, transformed. */
  readonly transformed: TensorRef;
  /** For the way back: weights turned, their channels swapped. */
  readonly swapped: boolean;
  readonly result: Value;
  readonly extra: Operand;
  readonly epilogue: Epilogue;
}

/** Transformed tiles times transformed weights, and back to an image. */
function multiplied(
  builder: NetworkBuilder,
  { matmul, kernel, section }: TransformedLayer,
  { label, transformed, swapped, result, extra, epilogue }: Multiplication,
): readonly Command[] {
  const { inStride, outStride } = section.weight;
  const dims = tileDims(kernel, result);
  const weight = builder.tensor(`transformed weight of ${label}`, PLANES[kernel] * inStride * outStride);
  const sums = transformedTensor(builder, `matrix products of ${label}`, dims, result.stride);
  builder.prologue.push(
    weightTransform(
      kernel,
      { inStride, outStride },
      { weight: weightsIn("parameters", section), transformed: weight },
      { swapped },
    ),
  );
  return [
    convolution(
      matmulDims(dims, swapped ? outStride : inStride, result.stride),
      { input: transformed, weight, extra: weight, result: sums },
      { matmul, groups: PLANES[kernel], transposed: false, epilogue: {} },
    ),
    outputTransform(dims, tiledImage(result), { transformed: sums, extra, result: result.tensor }, epilogue),
  ];
}

/** The gradient by the input: a convolution of the output's gradient with the weights turned and swapped. */
function addInputGradient(
  builder: NetworkBuilder,
  layer: TransformedLayer,
  way: {
    readonly outputGradient: TensorRef;
    readonly padding: readonly [number, number];
    readonly result: Value;
    /** The ReLU's output that the gradient is masked by. */
    readonly mask: TensorRef | undefined;
  },
): void {
  const { name, kernel, output, section } = layer;
  const { outputGradient, result, mask } = way;
  const label = `${name}'s gradient`;
  const dims = tileDims(kernel, result);
  const transformed = transformedTensor(builder, `transformed ${label}`, dims, output.stride);
  builder.backward.push(
    inputTransform(dims, tiledImage(output), way.padding, { image: outputGradient, transformed }),
    ...multiplied(builder, layer, {
      label,
      transformed,
      swapped: true,
      result,
      extra: mask ?? weightsIn("parameters", section),
      epilogue: { mask: mask !== undefined },
    }),
  );
}

function addParameterGradients(
  builder: NetworkBuilder,
  { matmul, kernel, section, transformed, output }: TransformedLayer,
  outputGradient: TensorRef,
): void {
  const { inStride, outStride } = section.weight;
  const pairs = inStride * outStride;
  const dims = tileDims(kernel, output);
  const [tilesY, tilesX] = dims.tiles;
  const label = `transformed output gradient of ${section.name}`;
  const transformedGradient = transformedTensor(builder, label, dims, outStride);
  const segments = segmentsOf(builder.options.microBatchSize * tilesY * tilesX, PLANES[kernel] * pairs);
  const partial = builder.tensor(`sums of ${section.name}`, segments.count * segments.stride);
  builder.backward.push(
    outputGradientTransform(dims, tiledImage(output), {
      image: outputGradient,
      transformed: transformedGradient,
    }),
    weightGradient(
      matmulDims(dims, inStride, outStride),
      segments,
      { input: transformed, outputGradient: transformedGradient, partial },
      { matmul, groups: PLANES[kernel] },
    ),
    weightGradientTransform(
      dims,
      { pairs, segmentTiles: segments.rows },
      { partial, gradient: weightsIn("gradients", section) },
    ),
  );
  if (section.bias) addBiasGradient(builder, { section, output, matmul }, outputGradient);
}

function addBiasGradient(
  builder: NetworkBuilder,
  layer: { readonly section: ParameterSection; readonly output: Value; readonly matmul: MatmulKernel },
  outputGradient: TensorRef,
): void {
  const { section, output, matmul } = layer;
  const rows = [output.height, output.width] as const;
  const segments = segmentsOf(
    builder.options.microBatchSize * rows[0] * rows[1],
    section.length - section.weightLength,
  );
  const partial = builder.tensor(`bias sums of ${section.name}`, segments.count * segments.stride);
  const dims = { ...POINTWISE, rows, source: rows, inStride: output.stride, columns: output.stride };
  builder.backward.push(
    biasGradient(dims, segments, 0, { outputGradient, partial }, matmul),
    addPartials(dims, segments, { partial, gradient: biasesIn("gradients", section) }, matmul),
  );
}

function matmulDims({ tiles }: TileDims, inStride: number, columns: number): ConvolutionDims {
  return { ...POINTWISE, rows: tiles, source: tiles, inStride, columns };
}

/** The tiles of a convolution's output, or of the gradient by its input. */
function tileDims(kernel: WinogradExtent, { height, width }: Pick<Value, "height" | "width">): TileDims {
  return { kernel, tiles: [Math.ceil(height / OUTPUT_TILE), Math.ceil(width / OUTPUT_TILE)] };
}

function tiledImage({ height, width, stride }: Value) {
  return { extents: [height, width] as const, stride };
}

/** [planes, tiles of the micro-batch, stride]. */
function transformedTensor(
  builder: NetworkBuilder,
  label: string,
  { kernel, tiles: [tilesY, tilesX] }: TileDims,
  stride: number,
): TensorRef {
  const { microBatchSize } = builder.options;
  return builder.tensor(label, PLANES[kernel] * microBatchSize * tilesY * tilesX * stride);
}
