import { readFileSync } from "node:fs";
import type { AvgPool2d, Conv2d, MaxPool2d, Optimizer } from "@nin/spec";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";

/** A tensor as the fixture has it. */
export interface FlatTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One pool's forward and backward pass. */
export interface PoolCase {
  readonly layer: MaxPool2d | AvgPool2d;
  readonly input: FlatTensor;
  readonly output: FlatTensor;
  readonly outputGradient: FlatTensor;
  readonly inputGradient: FlatTensor;
}

/** One convolution's forward and backward pass. */
export interface ConvolutionCase {
  readonly layer: Conv2d;
  readonly input: FlatTensor;
  readonly weight: FlatTensor;
  readonly bias?: FlatTensor;
  readonly output: FlatTensor;
  readonly outputGradient: FlatTensor;
  readonly inputGradient: FlatTensor;
  readonly weightGradient: FlatTensor;
  readonly biasGradient?: FlatTensor;
}

/** Updates of one parameter with given gradients. */
export interface OptimizerCase {
  readonly optimizer: Optimizer;
  readonly initial: readonly number[];
  readonly steps: readonly {
    readonly learningRate: number;
    readonly gradient: readonly number[];
    readonly weight: readonly number[];
  }[];
}

/** Pillow's bilinear resize of one image; sizes are [height, width]. */
export interface ResizeCase {
  readonly source: readonly [number, number];
  readonly target: readonly [number, number];
  readonly bytes: readonly number[];
  readonly resized: readonly number[];
}

/** PyTorch's float64 answers, made by `tools/pytorch/reference_fixtures.py`. */
export const pytorchFixture: {
  readonly pools: readonly PoolCase[];
  readonly convolutions: readonly ConvolutionCase[];
  readonly optimizers: readonly OptimizerCase[];
  readonly resizes: readonly ResizeCase[];
} = JSON.parse(readFileSync(new URL("../../fixtures/pytorch.json", import.meta.url), "utf8"));

/** PyTorch's float64 answers for kernels larger than their padded input, by `tools/pytorch/pool_fixtures.py`. */
export const largeKernelPools: readonly PoolCase[] = JSON.parse(
  readFileSync(new URL("../../fixtures/pytorch-large-kernels.json", import.meta.url), "utf8"),
).pools;

/** The fixture's tensor as the reference has it. */
export function fromFlat({ shape, data }: FlatTensor): Tensor64 {
  return tensor64(shape, Float64Array.from(data));
}
