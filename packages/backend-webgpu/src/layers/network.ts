import type { RealizedPrimitive } from "@nin/backend";
import { type Architecture, at, inferLayers, type PlacedLayer, type Shape } from "@nin/spec";
import type { Command, TensorRef } from "../program/command.js";
import { avgPool2d } from "./avg-pool2d.js";
import { conv2d } from "./conv2d.js";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import { globalAvgPool2d } from "./global-avg-pool2d.js";
import { linear } from "./linear.js";
import { maxPool2d } from "./max-pool2d.js";
import { type LayerNode, NetworkBuilder, type NetworkOptions } from "./network-builder.js";
import { relu } from "./relu.js";
import { paddedChannels, shapeOf, type Value } from "./value.js";

/** A network as commands, its buffers still unassigned. */
export interface Network {
  readonly input: Value;
  /** [images, classes], as features. */
  readonly scores: Value;
  /** What depends on parameters alone; complete once `backward` was called, if it is. */
  readonly prologue: readonly Command[];
  readonly forward: readonly Command[];
  /** Adds the commands from the gradient by the scores to the parameters' gradients. */
  backward(scoresGradient: TensorRef): readonly Command[];
  /** Outputs of `layers`, by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Every primitive layer as it was built. */
  readonly layers: readonly RealizedPrimitive[];
}

interface PlacedNode {
  /** The layers that it realizes: one, or a convolution and its ReLU. */
  readonly placed: readonly PlacedLayer[];
  readonly node: LayerNode;
}

/** Up to this many channels a first convolution goes by im2col: padded to 8 channels an image would be mostly padding. */
const MAX_IM2COL_CHANNELS = 4;

/** Builds a network's commands. */
export function buildNetwork(architecture: Architecture, options: NetworkOptions): Network {
  const builder = new NetworkBuilder(options);
  const input = inputValue(builder, architecture);
  const nodes: PlacedNode[] = [];
  let value = input;
  for (const placed of fusedLayers(inferLayers(architecture), options.everyOutput)) {
    const node = addLayer(builder, placed, value);
    nodes.push({ placed, node });
    value = node.output;
  }
  const head = flatten(builder, "scores", value);
  return {
    input,
    scores: head.output,
    prologue: builder.prologue,
    forward: builder.forward,
    backward: (tensor) => {
      addBackward(nodes, head, tensor);
      return builder.backward;
    },
    outputs: new Map(nodes.map(({ placed, node }) => [`net.${at(placed, 0).layerIndex}`, node.output])),
    layers: nodes.flatMap((node) => realizedLayers(node, options)),
  };
}

function inputValue(builder: NetworkBuilder, { input, layers }: Architecture): Value {
  const { channels, height, width } = input;
  const first = layers[0]?.kind;
  const byIm2col = (first === "ninBlock" || first === "conv2d") && channels <= MAX_IM2COL_CHANNELS;
  const stride = byIm2col ? channels : paddedChannels(channels);
  return builder.value("input", { channels, height, width, stride, flat: false });
}

/** A convolution computes the ReLU after it too, unless the sum before the ReLU is asked for. */
function fusedLayers(layers: readonly PlacedLayer[], everyOutput: boolean): readonly PlacedLayer[][] {
  const fused: PlacedLayer[][] = [];
  for (const placed of layers) {
    const previous = fused.at(-1);
    if (previous !== undefined && computesToo(previous, placed, everyOutput)) previous.push(placed);
    else fused.push([placed]);
  }
  return fused;
}

function computesToo(
  before: readonly PlacedLayer[],
  { layer, layerIndex }: PlacedLayer,
  everyOutput: boolean,
): boolean {
  const first = at(before, 0);
  if (layer.kind !== "relu" || first.layer.kind !== "conv2d" || before.length > 1) return false;
  return !everyOutput || first.layerIndex === layerIndex;
}

function addLayer(builder: NetworkBuilder, placed: readonly PlacedLayer[], input: Value): LayerNode {
  const { layer, name, layerIndex } = at(placed, 0);
  switch (layer.kind) {
    case "conv2d":
      return conv2d(builder, layer, name, input, { relu: placed.length > 1 });
    case "linear":
      return linear(builder, layer, name, input);
    case "relu":
      return relu(builder, name, input);
    case "maxPool2d":
      return maxPool2d(builder, layer, name, input);
    case "avgPool2d":
      return avgPool2d(builder, layer, name, input);
    case "globalAvgPool2d":
      return globalAvgPool2d(builder, name, input);
    case "dropout":
      return dropout(builder, layer, { name, layerIndex }, input);
    case "flatten":
      return flatten(builder, name, input);
  }
}

/** From the scores down to the first layer with parameters. */
function addBackward(nodes: readonly PlacedNode[], head: LayerNode, scoresGradient: TensorRef): void {
  const firstWeighted = nodes.findIndex(({ placed }) =>
    placed.some(({ parameters }) => parameters.length > 0),
  );
  const inputAfterRelu = (index: number) => index > 0 && at(nodes, index - 1).node.afterRelu === true;
  let gradient = head.backward(
    { tensor: scoresGradient, masked: false },
    { ofInput: true, inputAfterRelu: inputAfterRelu(nodes.length) },
  );
  for (let index = nodes.length - 1; index >= firstWeighted && index >= 0; index -= 1) {
    if (gradient === undefined) return;
    gradient = at(nodes, index).node.backward(gradient, {
      ofInput: index > firstWeighted,
      inputAfterRelu: inputAfterRelu(index),
    });
  }
}

/** A ReLU that its convolution took along has the same output. */
function realizedLayers(
  { placed, node }: PlacedNode,
  { parameters }: NetworkOptions,
): readonly RealizedPrimitive[] {
  return placed.map(({ name }) => ({
    name,
    outputShape: shapeOf(node.output),
    parameters: shapesUnder(name, parameters.shapes),
  }));
}

function shapesUnder(name: string, shapes: ReadonlyMap<string, Shape>): ReadonlyMap<string, Shape> {
  return new Map(
    [...shapes].filter(([parameter]) => parameter.slice(0, parameter.lastIndexOf(".")) === name),
  );
}
