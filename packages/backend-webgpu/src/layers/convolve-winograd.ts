import {
  addPartials,
  biasGradient,
  type ConvolutionDims,
  convolution,
  weightGradient,
} from "../kernels/convolution/convolution.js";
import { reluBackward } from "../kernels/elementwise/relu.js";
import type { MatmulKernel } from "../kernels/matmul/matmul.js";
import {
  PLANES,
  TILE_EXTENT,
  type TileDims,
  type WinogradExtent,
  winogradInput,
  winogradOutput,
  winogradOutputGradient,
  winogradWeightGradient,
  winogradWeights,
} from "../kernels/winograd/winograd.js";
import type { TensorRef } from "../program/command.js";
import { biasesIn, type ParameterSection, weightsIn } from "../program/parameter-layout.js";
import type { ConvolveOptions } from "./convolve.js";
import type { LayerNode } from "./layer-node.js";
import type { NetworkBuilder } from "./network-builder.js";
import { segmentsOf } from "./segments.js";
import { imageLength, paddedChannels, type Value } from "./value.js";

/** Of the plain sum's matmul, at most this part must be left for the transforms to be worth it. */
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
  // Pixels of a few channels lie without padding, and are unfolded.
  if (input.stride !== paddedChannels(input.channels)) return undefined;
  if (Math.min(input.channels, output.channels) < leastChannels) return undefined;
  const tiles = tilesOf([output.height, output.width]);
  const share = (PLANES[kernel] * tiles[0] * tiles[1]) / (kernel ** 2 * output.height * output.width);
  return share <= LARGEST_SHARE ? kernel : undefined;
}

/** Adds the forward commands of a convolution by transforms. */
export function convolveWinograd(
  builder: NetworkBuilder,
  options: ConvolveOptions,
  { kernel, kernels }: { readonly kernel: WinogradExtent; readonly kernels: MatmulKernel },
): LayerNode {
  const { name, input, relu, bias } = options;
  const { microBatchSize } = builder.options;
  const output = builder.value(name, { ...options.output, stride: paddedChannels(options.output.channels) });
  const dims: TileDims = { kernel, tiles: tilesOf([output.height, output.width]) };
  const section = builder.options.parameters.section(
    name,
    { shape: options.weightShape, inStride: input.stride, outStride: output.stride },
    kernel ** 2 * input.stride,
    bias,
  );
  const patches = transformedTensor(builder, `patches of ${name}`, dims, input.stride);
  const weight = weightsIn("parameters", section);
  builder.forward.push(
    winogradInput(dims, tiledImage(input), options.padding, { image: input.tensor, result: patches }),
  );
  addProducts(builder, {
    name,
    kernels,
    dims,
    section,
    patches,
    swapped: false,
    result: output,
    extra: bias ? biasesIn("parameters", section) : weight,
    epilogue: { bias, relu },
    commands: builder.forward,
  });
  return {
    output,
    afterRelu: relu,
    backward(gradient, wanted) {
      const { backward } = builder;
      if (relu && !gradient.masked)
        backward.push(reluBackward(imageLength(output), output.tensor, gradient.tensor));
      addParameterGradients(builder, { kernels, dims, section, patches, output }, gradient.tensor);
      if (!wanted.ofInput) return undefined;
      const inputDims: TileDims = { kernel, tiles: tilesOf([input.height, input.width]) };
      const around = transformedTensor(builder, `patches of ${name}'s gradient`, inputDims, output.stride);
      const tensor = builder.tensor(`gradient of ${input.tensor.label}`, microBatchSize * imageLength(input));
      const padding = options.padding.map((size) => kernel - 1 - size);
      backward.push(
        winogradInput(inputDims, tiledImage(output), [padding[0] ?? 0, padding[1] ?? 0], {
          image: gradient.tensor,
          result: around,
        }),
      );
      addProducts(builder, {
        name: `${name}'s gradient`,
        kernels,
        dims: inputDims,
        section,
        patches: around,
        swapped: true,
        result: { ...input, tensor },
        extra: wanted.inputAfterRelu ? input.tensor : weight,
        epilogue: { mask: wanted.inputAfterRelu },
        commands: backward,
      });
      return { tensor, masked: wanted.inputAfterRelu };
    },
  };
}

interface Products {
  readonly name: string;
  readonly kernels: MatmulKernel;
  readonly dims: TileDims;
  readonly section: ParameterSection;
  readonly patches: TensorRef;
  /** The way back: weights turned, their channels swapped. */
  readonly swapped: boolean;
  readonly result: Value;
  readonly extra: Parameters<typeof winogradOutput>[2]["extra"];
  readonly epilogue: Parameters<typeof winogradOutput>[3];
  readonly commands: NetworkBuilder["forward"];
}

/** Patches times transformed weights, and back to an image. */
function addProducts(builder: NetworkBuilder, matmul: Products): void {
  const { name, kernels, dims, section, patches, swapped, result, commands } = matmul;
  const { inStride, outStride } = section.weight;
  const weights = builder.tensor(`transformed ${name}`, PLANES[dims.kernel] * inStride * outStride);
  const sums = transformedTensor(builder, `matmul of ${name}`, dims, result.stride);
  builder.prologue.push(
    winogradWeights(
      dims.kernel,
      { inStride, outStride },
      { weight: weightsIn("parameters", section), result: weights },
      { swapped },
    ),
  );
  commands.push(
    convolution(
      matmulDims(dims, swapped ? outStride : inStride, result.stride),
      { input: patches, weight: weights, extra: weights, result: sums },
      { matmul: kernels, groups: PLANES[dims.kernel], transposed: false, epilogue: {} },
    ),
    winogradOutput(
      dims,
      tiledImage(result),
      { products: sums, extra: matmul.extra, result: result.tensor },
      matmul.epilogue,
    ),
  );
}

function addParameterGradients(
  builder: NetworkBuilder,
  layer: {
    readonly kernels: MatmulKernel;
    readonly dims: TileDims;
    readonly section: ParameterSection;
    readonly patches: TensorRef;
    readonly output: Value;
  },
  outputGradient: TensorRef,
): void {
  const { kernels, dims, section, patches, output } = layer;
  const { microBatchSize } = builder.options;
  const { inStride, outStride } = section.weight;
  const pairs = inStride * outStride;
  const transformed = transformedTensor(builder, `transformed gradient of ${section.name}`, dims, outStride);
  const segments = segmentsOf(microBatchSize * dims.tiles[0] * dims.tiles[1], PLANES[dims.kernel] * pairs);
  const partial = builder.tensor(`sums of ${section.name}`, segments.count * segments.stride);
  builder.backward.push(
    winogradOutputGradient(dims, tiledImage(output), { image: outputGradient, result: transformed }),
    weightGradient(
      matmulDims(dims, inStride, outStride),
      segments,
      { input: patches, outputGradient: transformed, partial },
      { matmul: kernels, groups: PLANES[dims.kernel] },
    ),
    winogradWeightGradient(
      dims,
      { pairs, segmentRows: segments.rows },
      { partial, gradient: weightsIn("gradients", section) },
    ),
  );
  if (section.bias) addBiasGradient(builder, { section, output, kernels }, outputGradient);
}

function addBiasGradient(
  builder: NetworkBuilder,
  layer: { readonly section: ParameterSection; readonly output: Value; readonly kernels: MatmulKernel },
  outputGradient: TensorRef,
): void {
  const { section, output, kernels } = layer;
  const rows = [output.height, output.width] as const;
  const segments = segmentsOf(
    builder.options.microBatchSize * rows[0] * rows[1],
    section.length - section.weightLength,
  );
  const partial = builder.tensor(`bias sums of ${section.name}`, segments.count * segments.stride);
  const dims = { ...NO_WINDOW, rows, source: rows, inStride: output.stride, columns: output.stride };
  builder.backward.push(
    biasGradient(dims, segments, 0, { outputGradient, partial }, kernels),
    addPartials(dims, segments, { partial, gradient: biasesIn("gradients", section) }, kernels),
  );
}

const NO_WINDOW = { kernelSize: [1, 1], stride: [1, 1], padding: [0, 0] } as const;

function matmulDims({ tiles }: TileDims, inStride: number, columns: number): ConvolutionDims {
  return { ...NO_WINDOW, rows: tiles, source: tiles, inStride, columns };
}

function tilesOf([height, width]: readonly [number, number]): readonly [number, number] {
  return [Math.ceil(height / TILE_EXTENT), Math.ceil(width / TILE_EXTENT)];
}

function tiledImage({ height, width, stride }: Value) {
  return { extents: [height, width] as const, stride };
}

/** [planes, tiles of the micro-batch, stride]. */
function transformedTensor(
  builder: NetworkBuilder,
  label: string,
  dims: TileDims,
  stride: number,
): TensorRef {
  const { kernel, tiles } = dims;
  return builder.tensor(
    label,
    PLANES[kernel] * builder.options.microBatchSize * tiles[0] * tiles[1] * stride,
  );
}
