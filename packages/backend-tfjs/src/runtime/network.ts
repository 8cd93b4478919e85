import { type Architecture, inferLayers, type PrimitiveLayer, type Shape } from "@nin/spec";
import { kernelOf } from "../layers/index.js";
import type { LayerGradients, LayerKernel, LayerOperands } from "../layers/layer-kernel.js";
import { parameterShape, userShape } from "../operators/layout.js";
import type { HeldTensors, Pieces } from "./pieces.js";
import type { Runtime } from "./runtime.js";
import { TensorStore } from "./tensor-store.js";
import type { DeviceTensor } from "./tensorflow.js";

/** A primitive layer as it was realized. */
export interface NetworkLayer {
  /** `net.4`, or `net.0.2` inside a block. */
  readonly name: string;
  /** Position of the entry of `layers` that it belongs to. */
  readonly layerIndex: number;
  readonly layer: PrimitiveLayer;
  readonly kernel: LayerKernel<PrimitiveLayer>;
  /** By state-dict name, as users see them. */
  readonly parameters: ReadonlyMap<string, Shape>;
  /** Of a batch of one, NCHW, as it came out of a forward pass. */
  readonly outputShape: Shape;
  /** Whether a layer before it has parameters, which need the gradient of its input. */
  readonly wantsInput: boolean;
}

/** The layers of a network and its parameters on the device. */
export interface Network {
  readonly layers: readonly NetworkLayer[];
  readonly parameters: TensorStore;
}

/** What a layer's forward pass left for its backward pass. */
export interface SavedRun {
  readonly layer: NetworkLayer;
  readonly operands: LayerOperands;
  readonly inputShape: readonly number[];
  readonly saved: readonly DeviceTensor[];
}

/** The mask of a dropout in training, in the layout of its input. */
export type MaskOf = (layer: NetworkLayer, inputShape: readonly number[]) => DeviceTensor;

/**
 * Realizes a network by running one black image through it layer by layer: every shape is that of a tensor
 * on the device.
 */
export function realizeNetwork(runtime: Runtime, { input, ...architecture }: Architecture): Network {
  const parameters = new TensorStore(runtime);
  const { tf, operators } = runtime;
  let value = runtime.tidy(() => tf.zeros([1, input.height, input.width, input.channels]) as DeviceTensor);
  const layers = inferLayers({ ...architecture, input }).map(({ name, layerIndex, layer }): NetworkLayer => {
    const kernel = kernelOf(layer);
    const { weight, bias, output } = runtime.tidy(() => {
      const own = kernel.allocate(runtime, layer, value);
      const entered = operators.enter(layer.kind, value);
      return { ...own, output: kernel.forward(runtime, layer, entered, own, false).output };
    });
    value.dispose();
    value = output;
    const wantsInput = parameters.names.length > 0;
    const own = Object.entries({ weight, bias }).flatMap(([role, tensor]) =>
      tensor === undefined ? [] : [[`${name}.${role}`, tensor] as const],
    );
    for (const [parameter, tensor] of own) parameters.put(parameter, tensor);
    const shapes = new Map(own.map(([parameter, { shape }]) => [parameter, parameterShape(shape)]));
    const outputShape = userShape(output.shape);
    return { name, layerIndex, layer, kernel, parameters: shapes, outputShape, wantsInput };
  });
  value.dispose();
  return { layers, parameters };
}

/** What a forward pass reports besides its result. */
export interface ForwardOptions {
  /** Masks of the dropouts; without it they are off. */
  readonly maskOf?: MaskOf;
  /** Given what each layer leaves for a backward pass; without it nothing is kept. */
  readonly onRun?: (run: SavedRun) => void;
  /** Given each layer's output, which is freed after the call. */
  readonly onOutput?: (layer: NetworkLayer, output: DeviceTensor) => void;
}

/**
 * Runs a batch through the layers, a piece each; frees each value when the next one is there. Shapes: input NHWC.
 * Takes the input over.
 */
export function* forwardPass(
  runtime: Runtime,
  { layers, parameters }: Network,
  input: DeviceTensor,
  held: HeldTensors,
  { maskOf, onRun, onOutput }: ForwardOptions = {},
): Pieces<DeviceTensor> {
  let value = input;
  for (const layer of layers) {
    const current = value;
    const own = layerParameters(layer, parameters);
    const { output, saved, mask } = held.run(() => {
      const sampled = layer.layer.kind === "dropout" ? maskOf?.(layer, current.shape) : undefined;
      const given = sampled === undefined ? own : { ...own, mask: sampled };
      const entered = runtime.operators.enter(layer.layer.kind, current);
      const run = layer.kernel.forward(runtime, layer.layer, entered, given, onRun !== undefined);
      return { output: run.output, saved: run.saved, mask: sampled };
    });
    const operands: LayerOperands = mask === undefined ? own : { ...own, mask };
    onRun?.({ layer, operands, inputShape: current.shape, saved });
    onOutput?.(layer, output);
    held.free(current);
    value = output;
    yield;
  }
  return value;
}

/**
 * The derivative of the loss by every parameter, from that by the last output, a piece a layer; frees what the
 * forward pass left as it goes. Takes the gradient over.
 */
export function* backwardPass(
  runtime: Runtime,
  network: Network,
  runs: readonly SavedRun[],
  outputGradient: DeviceTensor,
  held: HeldTensors,
): Pieces<ReadonlyMap<string, DeviceTensor>> {
  const gradients = new Map<string, DeviceTensor>();
  let gradient: DeviceTensor | undefined = outputGradient;
  for (const { layer, operands, inputShape, saved } of [...runs].reverse()) {
    const current: DeviceTensor | undefined = gradient;
    if (current === undefined) break;
    const own: LayerGradients = held.run(() => ({
      ...layer.kernel.backward(
        runtime,
        layer.layer,
        {
          outputGradient: runtime.operators.enter(layer.layer.kind, current),
          saved,
          inputShape,
          wantsInput: layer.wantsInput,
        },
        operands,
      ),
    }));
    if (own.weight !== undefined) gradients.set(`${layer.name}.weight`, own.weight);
    if (own.bias !== undefined) gradients.set(`${layer.name}.bias`, own.bias);
    held.free([current, ...saved, operands.mask]);
    gradient = layer.wantsInput ? own.input : undefined;
    yield;
  }
  return new Map(network.parameters.names.flatMap((name) => pairOf(name, gradients.get(name))));
}

function pairOf(
  name: string,
  tensor: DeviceTensor | undefined,
): readonly (readonly [string, DeviceTensor])[] {
  return tensor === undefined ? [] : [[name, tensor]];
}

function layerParameters({ name }: NetworkLayer, parameters: TensorStore): LayerOperands {
  const weight = parameters.find(`${name}.weight`);
  const bias = parameters.find(`${name}.bias`);
  return { ...(weight === undefined ? {} : { weight }), ...(bias === undefined ? {} : { bias }) };
}
