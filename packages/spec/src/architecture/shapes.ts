import { type Layer, type PrimitiveLayer, primitiveKinds } from "../layers/index.js";
import type { LayerKind, ParameterSpec } from "../layers/layer-kind.js";
import { expandNinBlock } from "../layers/nin-block.js";
import { elementCount, type Shape } from "../layers/tensor.js";
import { SpecError } from "../reading/errors.js";
import { MAX_LAYERS } from "../reading/field-reader.js";
import { at } from "../reading/present.js";
import type { Architecture } from "./architecture.js";

const MAX_ELEMENTS = 2 ** 31 - 1;

/** A parameter with its PyTorch state-dict name. */
export interface NamedParameter extends ParameterSpec {
  readonly name: string;
  /** Ordinal of the weighted layer in network order, from 0: the index of its random numbers. */
  readonly ordinal: number;
}

/** A primitive layer in its place in the network. Shapes are of one image, without the batch. */
export interface PlacedLayer {
  /** `net.4`, or `net.0.2` inside a block. */
  readonly name: string;
  /** Position of the entry of `layers` that it belongs to. */
  readonly layerIndex: number;
  /** Whether its output is the output of that entry. */
  readonly last: boolean;
  readonly layer: PrimitiveLayer;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly NamedParameter[];
  /** Multiply-accumulates of one image's forward pass. */
  readonly macs: number;
}

/**
 * Expands the blocks and infers every shape: the network as the flat list that backends realize.
 *
 * @throws `SpecError` naming the layer that does not suit its input.
 */
export function inferLayers(architecture: Architecture): readonly PlacedLayer[] {
  const { channels, height, width } = architecture.input;
  let shape: Shape = [channels, height, width];
  checkSize(shape, "input");
  checkLayerCount(architecture.layers);
  let ordinal = 0;
  const placed: PlacedLayer[] = [];
  architecture.layers.forEach((entry, layerIndex) => {
    const layers = entry.kind === "ninBlock" ? expandNinBlock(entry) : [entry];
    layers.forEach((layer, index) => {
      const name = entry.kind === "ninBlock" ? `net.${layerIndex}.${index}` : `net.${layerIndex}`;
      const last = index === layers.length - 1;
      const next = placeLayer({ name, layerIndex, last, layer }, shape, ordinal);
      if (next.parameters.length > 0) ordinal += 1;
      shape = next.outputShape;
      placed.push(next);
    });
  });
  return placed;
}

/** Every parameter of the network, in network order, a layer's weight before its bias. */
export function namedParameters(architecture: Architecture): readonly NamedParameter[] {
  return inferLayers(architecture).flatMap((layer) => layer.parameters);
}

/** The number of scores that the network gives an image. */
export function classCount(architecture: Architecture): number {
  return elementCount(at(inferLayers(architecture), -1).outputShape);
}

function placeLayer(
  place: Pick<PlacedLayer, "name" | "layerIndex" | "last" | "layer">,
  inputShape: Shape,
  ordinal: number,
): PlacedLayer {
  const kind = primitiveKinds[place.layer.kind] as unknown as LayerKind<PrimitiveLayer>;
  const path = `layers[${place.layerIndex}]`;
  const outputShape = kind.outputShape(place.layer, inputShape, path);
  checkSize(outputShape, path);
  const parameters = kind.parameters(place.layer, inputShape).map((parameter) => {
    checkSize(parameter.shape, path);
    return { ...parameter, name: `${place.name}.${parameter.role}`, ordinal };
  });
  const macs = kind.macs(place.layer, inputShape, outputShape);
  return { ...place, inputShape, outputShape, parameters, macs };
}

function checkLayerCount(layers: readonly Layer[]): void {
  const count = layers.reduce(
    (sum, entry) => sum + (entry.kind === "ninBlock" ? 2 * (1 + entry.mlpChannels.length) : 1),
    0,
  );
  if (count > MAX_LAYERS)
    throw new SpecError("layers", `at most ${MAX_LAYERS} layers, those inside blocks counted`, count);
}

function checkSize(shape: Shape, path: string): void {
  if (elementCount(shape) > MAX_ELEMENTS) {
    throw new SpecError(path, `a tensor of at most ${MAX_ELEMENTS} elements`, shape);
  }
}
