import {
  addPartials,
  biasGradient,
  type ConvolutionDims,
  convolution,
  weightGradient,
} from "../kernels/convolution.js";
import type { ProductKernel } from "../kernels/products.js";
import { reluBackward } from "../kernels/relu.js";
import {
  PATCH_ELEMENTS,
  type TileDims,
  tileExtent,
  winogradInput,
  winogradOutput,
  winogradOutputGradient,
  winogradWeightGradient,
  winogradWeights,
} from "../kernels/winograd.js";
import type { Slot } from "../runtime/command.js";
import { biasesIn, type ParameterSection, weightsIn } from "../runtime/parameter-layout.js";
import type { ConvolveOptions } from "./convolve.js";
import type { LayerNode } from "./layer-node.js";
import type { NetworkBuilder } from "./network-builder.js";
import { segmentsOf } from "./segments.js";
import { imageLength, paddedChannels, type Value } from "./value.js";

/** Of the plain sum's products, at most this part must be left for the transforms to be worth it. */
const LARGEST_SHARE = 0.6;

/** Whether a convolution is cheaper by transforms: 3x3 or 5x5, stride 1, enough channels. */
export function suitsWinograd(
  { kernelSize, stride, input, output }: ConvolveOptions,
  leastChannels: number,
): boolean {
  const [kernel] = kernelSize;
  const isSquare = kernelSize[1] === kernel && (kernel === 3 || kernel === 5);
  if (!isSquare || stride.some((step) => step !== 1)) return false;
  // Pixels of a few channels lie without padding, and are unfolded.
  if (input.stride !== paddedChannels(input.channels)) return false;
  if (Math.min(input.channels, output.channels) < leastChannels) return false;
  const tiles = tilesOf(kernel, [output.height, output.width]);
  const share = (PATCH_ELEMENTS * tiles[0] * tiles[1]) / (kernel ** 2 * output.height * output.width);
  return share <= LARGEST_SHARE;
}

/** Adds the forward commands of a convolution by transforms. */
export function convolveWinograd(
  builder: NetworkBuilder,
  options: ConvolveOptions,
  kernels: ProductKernel,
): LayerNode {
  const { name, input, relu, bias, kernelSize } = options;
  const { images } = builder.options;
  const output = builder.value(name, { ...options.output, stride: paddedChannels(options.output.channels) });
  const [kernel] = kernelSize;
  const dims: TileDims = { kernel, tiles: tilesOf(kernel, [output.height, output.width]) };
  const section = builder.options.parameters.section(
    name,
    { shape: options.weightShape, inStride: input.stride, outStride: output.stride },
    kernel ** 2 * input.stride,
    bias,
  );
  const patches = transformedSlot(builder, `patches of ${name}`, dims, input.stride);
  const weight = weightsIn("parameters", section);
  builder.forward.push(
    winogradInput(dims, tiledImage(input), options.padding, { image: input.slot, result: patches }),
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
        backward.push(reluBackward(imageLength(output), output.slot, gradient.slot));
      addParameterGradients(builder, { kernels, dims, section, patches, output }, gradient.slot);
      if (!wanted.ofInput) return undefined;
      const inputDims: TileDims = { kernel, tiles: tilesOf(kernel, [input.height, input.width]) };
      const around = transformedSlot(builder, `patches of ${name}'s gradient`, inputDims, output.stride);
      const slot = builder.slot(`gradient of ${input.slot.label}`, images * imageLength(input));
      const padding = options.padding.map((size) => kernel - 1 - size);
      backward.push(
        winogradInput(inputDims, tiledImage(output), [padding[0] ?? 0, padding[1] ?? 0], {
          image: gradient.slot,
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
        result: { ...input, slot },
        extra: wanted.inputAfterRelu ? input.slot : weight,
        epilogue: { mask: wanted.inputAfterRelu },
        commands: backward,
      });
      return { slot, masked: wanted.inputAfterRelu };
    },
  };
}

interface Products {
  readonly name: string;
  readonly kernels: ProductKernel;
  readonly dims: TileDims;
  readonly section: ParameterSection;
  readonly patches: Slot;
  /** The way back: weights turned, their channels swapped. */
  readonly swapped: boolean;
  readonly result: Value;
  readonly extra: Parameters<typeof winogradOutput>[2]["extra"];
  readonly epilogue: Parameters<typeof winogradOutput>[3];
  readonly commands: NetworkBuilder["forward"];
}

/** Patches times transformed weights, and back to an image. */
function addProducts(builder: NetworkBuilder, products: Products): void {
  const { name, kernels, dims, section, patches, swapped, result, commands } = products;
  const { inStride, outStride } = section.weight;
  const weights = builder.slot(`transformed ${name}`, PATCH_ELEMENTS * inStride * outStride);
  const sums = transformedSlot(builder, `products of ${name}`, dims, result.stride);
  commands.push(
    winogradWeights(
      dims.kernel,
      { inStride, outStride },
      { weight: weightsIn("parameters", section), result: weights },
      { swapped },
    ),
    convolution(
      productDims(dims, swapped ? outStride : inStride, result.stride),
      { input: patches, weight: weights, extra: weights, result: sums },
      { products: kernels, groups: PATCH_ELEMENTS, transposed: false, epilogue: {} },
    ),
    winogradOutput(
      dims,
      tiledImage(result),
      { products: sums, extra: products.extra, result: result.slot },
      products.epilogue,
    ),
  );
}

function addParameterGradients(
  builder: NetworkBuilder,
  layer: {
    readonly kernels: ProductKernel;
    readonly dims: TileDims;
    readonly section: ParameterSection;
    readonly patches: Slot;
    readonly output: Value;
  },
  outputGradient: Slot,
): void {
  const { kernels, dims, section, patches, output } = layer;
  const { images } = builder.options;
  const { inStride, outStride } = section.weight;
  const pairs = inStride * outStride;
  const transformed = transformedSlot(builder, `transformed gradient of ${section.name}`, dims, outStride);
  const segments = segmentsOf(images * dims.tiles[0] * dims.tiles[1], PATCH_ELEMENTS * pairs);
  const partial = builder.slot(`sums of ${section.name}`, segments.count * segments.stride);
  builder.backward.push(
    winogradOutputGradient(dims, tiledImage(output), { image: outputGradient, result: transformed }),
    weightGradient(
      productDims(dims, inStride, outStride),
      segments,
      { input: patches, outputGradient: transformed, partial },
      { products: kernels, groups: PATCH_ELEMENTS },
    ),
    winogradWeightGradient(
      dims,
      { pairs, segmentRows: segments.rows },
      { partial, gradient: weightsIn("gradients", section) },
    ),
  );
  if (section.bias) addBiasGradient(builder, section, output, outputGradient);
}

function addBiasGradient(
  builder: NetworkBuilder,
  section: ParameterSection,
  output: Value,
  outputGradient: Slot,
): void {
  const rows = [output.height, output.width] as const;
  const segments = segmentsOf(
    builder.options.images * rows[0] * rows[1],
    section.length - section.weightLength,
  );
  const partial = builder.slot(`bias sums of ${section.name}`, segments.count * segments.stride);
  const dims = { ...NO_WINDOW, rows, source: rows, inStride: output.stride, columns: output.stride };
  builder.backward.push(
    biasGradient(dims, segments, 0, { outputGradient, partial }),
    addPartials(dims, segments, { partial, gradient: biasesIn("gradients", section) }),
  );
}

const NO_WINDOW = { kernelSize: [1, 1], stride: [1, 1], padding: [0, 0] } as const;

function productDims({ tiles }: TileDims, inStride: number, columns: number): ConvolutionDims {
  return { ...NO_WINDOW, rows: tiles, source: tiles, inStride, columns };
}

function tilesOf(kernel: number, [height, width]: readonly [number, number]): readonly [number, number] {
  const extent = tileExtent(kernel);
  return [Math.ceil(height / extent), Math.ceil(width / extent)];
}

function tiledImage({ height, width, stride }: Value) {
  return { extents: [height, width] as const, stride };
}

/** [36, tiles of the micro-batch, stride]. */
function transformedSlot(builder: NetworkBuilder, label: string, { tiles }: TileDims, stride: number): Slot {
  return builder.slot(label, PATCH_ELEMENTS * builder.options.images * tiles[0] * tiles[1] * stride);
}
