import {
  type Architecture,
  type DropoutMaskKey,
  inferLayers,
  type PlacedLayer,
  type PrimitiveLayer,
  type Shape,
} from "@nin/spec";
import { mathOf } from "../layers/index.js";
import type { LayerMath, LayerOperands, LayerParameters, LayerValues } from "../layers/layer-math.js";
import { type Parameters64, type Tensor64, tensor64 } from "../tensors/tensor64.js";

/** A primitive layer with the tensors it owns. */
export interface NetworkLayer {
  /** `net.4`, or `net.0.2` inside a block. */
  readonly name: string;
  /** Position of the entry of `layers` that it belongs to. */
  readonly layerIndex: number;
  readonly layer: PrimitiveLayer;
  readonly math: LayerMath<PrimitiveLayer>;
  readonly parameters: LayerParameters;
  /** Of a batch of one, as it came out of a forward pass. */
  readonly outputShape: Shape;
}

/** A network whose parameters are allocated. */
export interface Network {
  readonly layers: readonly NetworkLayer[];
  /** The layers' own tensors by state-dict name, in network order. */
  readonly parameters: Parameters64;
}

/** Writes which units a dropout keeps, as 1 and 0, for flat NCHW positions from `start`. */
export type DropoutMask = (mask: DropoutMaskKey, start: number, kept: Uint8Array) => void;

/** Makes dropout's mask in one training step. */
export interface TrainingStep {
  readonly seed: number;
  readonly step: number;
  readonly dropoutMask: DropoutMask;
}

/** What a layer computed in a forward pass. */
export interface LayerRun extends LayerValues {
  readonly placed: NetworkLayer;
  readonly operands: LayerOperands;
}

/**
 * Allocates a network by running one black image through it layer by layer: every shape is that
 * of a tensor which this package's own loops made.
 */
export function realizeNetwork(
  architecture: Architecture,
  mathOfLayer: (layer: PrimitiveLayer, name: string) => LayerMath<PrimitiveLayer> = mathOf,
): Network {
  const { channels, height, width } = architecture.input;
  let value = tensor64([1, channels, height, width]);
  const layers = inferLayers(architecture).map(({ name, layerIndex, layer }: PlacedLayer): NetworkLayer => {
    const math = mathOfLayer(layer, name);
    const parameters = math.allocate(layer, value);
    value = math.forward(layer, value, parameters);
    return { name, layerIndex, layer, math, parameters, outputShape: value.shape };
  });
  return { layers, parameters: new Map(layers.flatMap(namedTensors)) };
}

/** Runs a batch through the layers, one at a time; with `training` its dropouts are on. */
export function* forwardPass(
  network: Network,
  input: Tensor64,
  training?: TrainingStep,
): Generator<LayerRun, void, undefined> {
  let value = input;
  for (const placed of network.layers) {
    const operands = withMask(placed, value, training);
    const output = placed.math.forward(placed.layer, value, operands);
    yield { placed, operands, input: value, output };
    value = output;
  }
}

/** The last layer's output. */
export function networkOutput(network: Network, input: Tensor64): Tensor64 {
  let value = input;
  for (const { output } of forwardPass(network, input)) value = output;
  return value;
}

/**
 * The derivative of the loss by every parameter, from its derivative by the last output of a
 * forward pass's `runs`.
 */
export function backwardPass(runs: readonly LayerRun[], outputGradient: Tensor64): Parameters64 {
  const gradients = new Map<string, Tensor64>();
  let gradient = outputGradient;
  for (const { placed, operands, input, output } of [...runs].reverse()) {
    const { layer, math, name } = placed;
    const { input: next, ...own } = math.backward(layer, gradient, { input, output }, operands);
    for (const [parameter, tensor] of namedTensors({ name, parameters: own }))
      gradients.set(parameter, tensor);
    gradient = next;
  }
  return gradients;
}

function withMask(
  { layer, layerIndex, parameters }: NetworkLayer,
  input: Tensor64,
  training: TrainingStep | undefined,
): LayerOperands {
  if (layer.kind !== "dropout" || training === undefined) return parameters;
  const kept = new Uint8Array(input.data.length);
  const { seed, step } = training;
  training.dropoutMask({ seed, step, layerIndex, rate: layer.rate }, 0, kept);
  return { ...parameters, kept };
}

function namedTensors({
  name,
  parameters: { weight, bias },
}: Pick<NetworkLayer, "name" | "parameters">): readonly (readonly [string, Tensor64])[] {
  return [
    ...(weight === undefined ? [] : [[`${name}.weight`, weight] as const]),
    ...(bias === undefined ? [] : [[`${name}.bias`, bias] as const]),
  ];
}
