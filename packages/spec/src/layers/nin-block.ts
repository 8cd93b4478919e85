import { SpecError } from "../reading/errors.js";
import { type FieldReader, isPositiveInteger, MAX_LAYERS } from "../reading/field-reader.js";
import type { Conv2d } from "./conv2d.js";
import type { Size2d, SizeField } from "./layer-kind.js";
import type { Relu } from "./relu.js";

/**
 * A convolution, then one per entry of `mlpChannels`, each followed by a ReLU (mlpconv).
 *
 * Source: Lin, Chen, Yan, Network In Network, 2013, section 3.1.
 */
export interface NinBlock {
  readonly kind: "ninBlock";
  readonly outChannels: number;
  readonly kernelSize: Size2d;
  readonly stride: Size2d;
  readonly padding: Size2d;
  readonly mlpChannels: readonly number[];
  readonly mlpKernelSize: Size2d;
}

/** What an author writes of a NiN block. */
export interface NinBlockFields {
  /** Of the first convolution. */
  readonly outChannels: number;
  readonly kernelSize: SizeField;
  /** 1 by default. */
  readonly stride?: SizeField;
  /** Zeros on each side; 0 by default. */
  readonly padding?: SizeField;
  /** Output channels of each further convolution; two of `outChannels` by default. */
  readonly mlpChannels?: readonly number[];
  /** Kernel of the further convolutions, odd, padded to keep the size; 1 by default. */
  readonly mlpKernelSize?: SizeField;
}

export function parseNinBlock(fields: FieldReader): NinBlock {
  const outChannels = fields.positiveInteger("outChannels");
  const mlpKernelSize = fields.size("mlpKernelSize", [1, 1]);
  if (mlpKernelSize.some((extent) => extent % 2 === 0)) fields.fail("mlpKernelSize", "an odd size");
  return {
    kind: "ninBlock",
    outChannels,
    kernelSize: fields.size("kernelSize"),
    stride: fields.size("stride", [1, 1]),
    padding: fields.padding("padding"),
    mlpChannels:
      fields.raw("mlpChannels") === undefined ? [outChannels, outChannels] : parseMlpChannels(fields),
    mlpKernelSize,
  };
}

/** The block's layers in order; the i-th has the name `<block>.<i>`. */
export function expandNinBlock(block: NinBlock): readonly (Conv2d | Relu)[] {
  const { outChannels, kernelSize, stride, padding, mlpKernelSize } = block;
  const first: Conv2d = { kind: "conv2d", outChannels, kernelSize, stride, padding, bias: true };
  const mlp = block.mlpChannels.map(
    (channels): Conv2d => ({
      kind: "conv2d",
      outChannels: channels,
      kernelSize: mlpKernelSize,
      stride: [1, 1],
      padding: [(mlpKernelSize[0] - 1) / 2, (mlpKernelSize[1] - 1) / 2],
      bias: true,
    }),
  );
  return [first, ...mlp].flatMap((convolution) => [convolution, { kind: "relu" } as const]);
}

function parseMlpChannels(fields: FieldReader): readonly number[] {
  return Array.from(fields.array("mlpChannels", MAX_LAYERS), (channels, index) => {
    if (isPositiveInteger(channels)) return channels;
    throw new SpecError(`${fields.pathOf("mlpChannels")}[${index}]`, "a positive integer", channels);
  });
}
