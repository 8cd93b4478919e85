import { elementCount, present } from "@nin/spec";
import {
  type ConvolutionShape,
  chooseFormulation,
  type FormulationChoice,
} from "../convolution/choose-formulation.js";
import type { Convolution, ConvolutionProgram } from "../convolution/convolution.js";
import { im2colConvolution } from "../convolution/im2col-convolution.js";
import { pointwiseConvolution } from "../convolution/pointwise-convolution.js";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { reshape, slice, staticShape } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { inputOf, MicroBatchContext, ParameterInputs } from "../programs/program.js";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { createSession } from "../runtime/engine-platform.js";
import { floats, floatTensor, runtimeTensors } from "../runtime/feeds.js";
import { microBatchImages } from "../runtime/micro-batch.js";
import type { RuntimeTensors } from "../runtime/onnx-runtime.js";
import { winogradConvolution } from "../winograd/winograd-convolution.js";
import { type DirectSettings, platformOf } from "./direct-engine.js";

export { type ConvolutionShape, chooseFormulation, type FormulationChoice };

/** The number of images in a micro-batch of the backend on a CPU. */
export function cpuMicroBatch(
  architecture: Parameters<typeof microBatchImages>[0],
  maxBatch: number,
): number {
  return microBatchImages(architecture, maxBatch, DEVICE_TRAITS.cpu.microBatch);
}

/** A program that is ready to run, as often as one likes. */
export interface PreparedProgram {
  run(): Promise<RuntimeTensors>;
  release(): Promise<void>;
}

/**
 * A convolution's forward and backward pass in one formulation, on random numbers.
 *
 * @param wantsInputGradient - false for the first convolution of a network
 */
export async function prepareConvolution(
  choice: FormulationChoice,
  shape: ConvolutionShape,
  wantsInputGradient: boolean,
  settings: DirectSettings,
): Promise<PreparedProgram> {
  const { microBatchSize, height, width, channels, outChannels } = shape;
  const graph = new GraphBuilder(DEVICE_TRAITS[settings.device].dialect);
  const input = graph.input("input", "float32", [height, width, microBatchSize, channels]);
  const [outHeight, outWidth] = outputExtents(shape);
  const gradient = graph.input("gradient", "float32", [outHeight, outWidth, microBatchSize, outChannels]);
  const parameters = new ParameterInputs(inputOf(graph));
  const context = new MicroBatchContext(graph, graph, parameters);
  const program = write(choice, {
    ...shape,
    context,
    input: { layout: "hwnc", value: input },
    name: "layer",
  });
  const inputGradient = program.backward(gradient, wantsInputGradient);
  // One value of each result: copying whole ones out of the runtime would be timed too.
  graph.output(firstValue(graph, program.output), "output");
  if (inputGradient !== undefined) graph.output(firstValue(graph, inputGradient), "inputGradient");
  const [weightGradient] = context.writeGradients();
  graph.output(firstValue(graph, present(weightGradient, "the weight's gradient").value), "weightGradient");
  const feeds = [input, gradient, ...parameters.values().values()];
  return prepared(graph, feeds, settings);
}

/** A product of two square matrices of random numbers. */
export function prepareMatmul(extent: number, settings: DirectSettings): Promise<PreparedProgram> {
  const graph = new GraphBuilder(DEVICE_TRAITS[settings.device].dialect);
  const a = graph.input("a", "float32", [extent, extent]);
  const b = graph.input("b", "float32", [extent, extent]);
  graph.output(matMul(graph, a, b), "product");
  return prepared(graph, [a, b], settings);
}

/**
 * The product of two matrices as the backend computes it on a device.
 *
 * @param a - [rows, inner]
 * @param b - [inner, columns]
 * @returns [rows, columns], row-major
 */
export async function matmulOnDevice(
  a: { readonly shape: readonly number[]; readonly data: Float32Array },
  b: { readonly shape: readonly number[]; readonly data: Float32Array },
  settings: DirectSettings,
): Promise<Float32Array> {
  const graph = new GraphBuilder(DEVICE_TRAITS[settings.device].dialect);
  const factors = { a, b };
  const product = matMul(graph, graph.input("a", "float32", a.shape), graph.input("b", "float32", b.shape));
  graph.output(product, "product");
  const platform = platformOf(settings.device);
  const session = await createSession({ graph, parameters: new Map() }, settings, platform);
  const feeds = Object.entries(factors).map(
    ([name, { shape, data }]) => [name, floatTensor(data, shape)] as const,
  );
  const results = await session.run(runtimeTensors(Object.fromEntries(feeds), platform.ort));
  const { data } = floats(results, "product");
  await session.release();
  return data;
}

async function prepared(
  graph: GraphBuilder,
  inputs: readonly Value[],
  settings: DirectSettings,
): Promise<PreparedProgram> {
  const platform = platformOf(settings.device);
  const session = await createSession({ graph, parameters: new Map() }, settings, platform);
  const random = inputs.map((value) => [value.name, randomTensor(staticShape(value))] as const);
  const feeds = runtimeTensors(Object.fromEntries(random), platform.ort);
  return { run: () => session.run(feeds), release: () => session.release() };
}

function outputExtents({
  height,
  width,
  kernelSize,
  stride,
  padding,
}: ConvolutionShape): readonly [number, number] {
  const extent = (size: number, axis: 0 | 1): number =>
    Math.floor((size + 2 * padding[axis] - kernelSize[axis]) / stride[axis]) + 1;
  return [extent(height, 0), extent(width, 1)];
}

function firstValue(graph: GraphBuilder, value: Value): Value {
  return slice(graph, reshape(graph, value, [elementCount(staticShape(value))]), 0, 0, 1);
}

function write(choice: FormulationChoice, task: Convolution): ConvolutionProgram {
  if (choice.kind === "pointwise") return pointwiseConvolution(task);
  return choice.kind === "im2col" ? im2colConvolution(task) : winogradConvolution(task, choice);
}

function randomTensor(shape: readonly number[]) {
  const data = Float32Array.from({ length: elementCount(shape) }, () => Math.random() - 0.5);
  return floatTensor(data, shape);
}
