// Every convolution of the built-in networks in each formulation that suits it: forward and backward
// of one micro-batch, in turn, beside a plain matrix product of the same machine.
// node scripts/measure/convolutions.mjs [--threads 2] [--seconds 1] [--out FILE]

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { GraphBuilder } from "../../packages/backend-onnxruntime/dist/graph/graph-builder.js";
import { reshape, slice } from "../../packages/backend-onnxruntime/dist/graph/layout.js";
import { matMul } from "../../packages/backend-onnxruntime/dist/graph/products.js";
import { chooseFormulation } from "../../packages/backend-onnxruntime/dist/layers/conv2d-choice.js";
import { im2colConvolution } from "../../packages/backend-onnxruntime/dist/layers/conv2d-im2col.js";
import { pointwiseConvolution } from "../../packages/backend-onnxruntime/dist/layers/conv2d-pointwise.js";
import { winogradConvolution } from "../../packages/backend-onnxruntime/dist/layers/conv2d-winograd.js";
import {
  MicroBatchContext,
  ParameterInputs,
} from "../../packages/backend-onnxruntime/dist/programs/program-context.js";
import { DEVICE_TRAITS } from "../../packages/backend-onnxruntime/dist/runtime/device-traits.js";
import { microBatchImages } from "../../packages/backend-onnxruntime/dist/runtime/micro-batch.js";
import { createSession } from "../../packages/backend-onnxruntime/dist/runtime/session-factory.js";
import { Tensor } from "../../packages/backend-onnxruntime/node_modules/onnxruntime-node/dist/index.js";
import { writeFileAtomic } from "../../packages/files/dist/index.js";
import { builtinArchitecture, inferLayers } from "../../packages/spec/dist/index.js";
import { environment } from "./environment.mjs";

const MODELS = ["nin", "nin-mnist", "nin-cifar10"];
const BATCH = 128;
const TILES = [2, 4, 6, 7, 8, 9];
const DIALECT = { fusedMatMul: true };

const { values: flags } = parseArgs({
  options: {
    threads: { type: "string", default: `${availableParallelism()}` },
    seconds: { type: "string", default: "1" },
    out: { type: "string" },
  },
});

const product = await matrixProduct();
const layers = [];
for (const model of MODELS) layers.push(...(await convolutionsOf(model)));
const result = { environment: await environment(), threads: Number(flags.threads), product, layers };
console.log(`a ${product.size}^3 product: ${product.gflopPerSecond} GFLOP/s`);
console.table(layers.map(({ times, ...layer }) => ({ ...layer, ...times })));
if (flags.out !== undefined) await writeFileAtomic(flags.out, `${JSON.stringify(result, undefined, 2)}\n`);

async function convolutionsOf(model) {
  const architecture = builtinArchitecture(model);
  const images = microBatchImages(architecture, BATCH, DEVICE_TRAITS.cpu.microBatch);
  const rows = [];
  for (const { name, layer, inputShape, outputShape, macs } of inferLayers(architecture)) {
    if (layer.kind !== "conv2d") continue;
    const { kernelSize, stride, padding, outChannels } = layer;
    const [channels, height, width] = inputShape;
    const shape = { images, height, width, channels, outChannels, kernelSize, stride, padding };
    const isFirst = name === "net.0.0";
    const choice = chooseFormulation(shape);
    const times = await timeAll(candidates(shape, choice), shape, outputShape, isFirst);
    const chosen = label(choice);
    const best = Object.entries(times).sort((a, b) => a[1] - b[1])[0][0];
    const text = `${channels}x${height}x${width} -> ${outChannels}, ${kernelSize.join("x")}/${stride[0]}`;
    const gflopPerSecond = Math.round(((isFirst ? 4e-6 : 6e-6) * macs * images) / times[chosen]);
    rows.push({ model, layer: name, shape: text, images, chosen, best, gflopPerSecond, times });
  }
  return rows;
}

function label({ kind, tile }) {
  return kind === "winograd" ? `winograd ${tile.join("x")}` : kind;
}

/** Median milliseconds of each formulation. */
async function timeAll(choices, shape, outputShape, isFirst) {
  const runs = [];
  for (const choice of choices) runs.push(await prepare(choice, shape, outputShape, isFirst));
  const samples = choices.map(() => []);
  const end = performance.now() + 1000 * Number(flags.seconds) * choices.length;
  while (performance.now() < end || samples[0].length < 5) {
    for (const [index, run] of runs.entries()) {
      const start = performance.now();
      await run();
      samples[index].push(performance.now() - start);
    }
  }
  return Object.fromEntries(choices.map((choice, index) => [label(choice), median(samples[index])]));
}

function candidates({ kernelSize, stride, padding }, chosen) {
  const isOne = (size) => size[0] === 1 && size[1] === 1;
  const choices = [{ kind: "im2col" }];
  if (isOne(kernelSize) && isOne(stride) && padding[0] === 0) choices.push({ kind: "pointwise" });
  else if (isOne(stride)) choices.push(...TILES.map((tile) => ({ kind: "winograd", tile: [tile, tile] })));
  const isListed = choices.some((choice) => label(choice) === label(chosen));
  return isListed ? choices : [...choices, chosen];
}

/** The first convolution of a network needs no input gradient. */
async function prepare(choice, shape, [outChannels, outHeight, outWidth], isFirst) {
  const { images } = shape;
  const graph = new GraphBuilder(DIALECT);
  const inputShape = [shape.height, shape.width, images, shape.channels];
  const input = graph.input("input", "float32", inputShape);
  const gradient = graph.input("gradient", "float32", [outHeight, outWidth, images, outChannels]);
  const parameters = new ParameterInputs(graph);
  const context = new MicroBatchContext(graph, graph, images, parameters);
  const map = { layout: "hwnc", value: input };
  const program = write(choice, { ...shape, context, input: map, name: "layer" });
  const inputGradient = program.backward(gradient, !isFirst);
  // One value of each: copying whole results out of the runtime would be timed too.
  graph.output(firstValue(graph, program.output), "output");
  if (!isFirst) graph.output(firstValue(graph, inputGradient), "inputGradient");
  graph.output(firstValue(graph, context.gradients[0].value), "weightGradient");
  const session = await createSession(
    { graph, images, parameters: parameters.values() },
    { device: "cpu", threads: Number(flags.threads) },
  );
  const values = [input, gradient, ...parameters.values().values()];
  const feeds = Object.fromEntries(values.map(({ name, shape: dims }) => [name, random(dims)]));
  await session.run(feeds);
  return () => session.run(feeds);
}

function firstValue(graph, value) {
  const length = value.shape.reduce((total, extent) => total * extent, 1);
  return slice(graph, reshape(graph, value, [length]), 0, 0, 1);
}

function write(choice, task) {
  if (choice.kind === "pointwise") return pointwiseConvolution(task);
  return choice.kind === "im2col" ? im2colConvolution(task) : winogradConvolution(task, choice.tile);
}

/** The machine's own speed: what the formulations are to be measured against. */
async function matrixProduct() {
  const size = 1024;
  const graph = new GraphBuilder(DIALECT);
  const [a, b] = ["a", "b"].map((name) => graph.input(name, "float32", [size, size]));
  graph.output(matMul(graph, a, b), "product");
  const session = await createSession(
    { graph, images: 1, parameters: new Map() },
    { device: "cpu", threads: Number(flags.threads) },
  );
  const feeds = { a: random([size, size]), b: random([size, size]) };
  const samples = [];
  for (const end = performance.now() + 1000 * Number(flags.seconds); performance.now() < end; ) {
    const start = performance.now();
    await session.run(feeds);
    samples.push(performance.now() - start);
  }
  return { size, gflopPerSecond: Math.round((2e-6 * size ** 3) / median(samples)) };
}

function random(dims) {
  const length = dims.reduce((total, extent) => total * extent, 1);
  return new Tensor(
    "float32",
    Float32Array.from({ length }, () => Math.random() - 0.5),
    [...dims],
  );
}

function median(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  return Number(sorted[sorted.length >> 1].toFixed(2));
}
