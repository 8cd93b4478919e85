import type { LayerKindName } from "../layers/index.js";
import { elementCount, type Shape } from "../layers/tensor.js";
import { at } from "../reading/present.js";
import type { Architecture } from "./architecture.js";
import { inferLayers, type PlacedLayer } from "./shapes.js";

const FLOAT_BYTES = 4;

/** A layer's resources, by formula, for a batch of one. */
export interface LayerSummary {
  /** `net.0`, or `net.0.2` when blocks are expanded. */
  readonly name: string;
  readonly kind: LayerKindName;
  /** [1, channels, height, width] or [1, features]. */
  readonly outputShape: Shape;
  /** Units: scalars. */
  readonly parameters: number;
  /** Multiply-accumulates of the forward pass. */
  readonly macs: number;
  /** Every inner layer's output in float32, not in place; a view (flatten) takes none. */
  readonly activationBytes: number;
}

/** A network's resources, by formula, for a batch of one. */
export interface ArchitectureSummary {
  readonly layers: readonly LayerSummary[];
  /** Units: scalars. */
  readonly parameters: number;
  /** In float32. */
  readonly parameterBytes: number;
  /** Multiply-accumulates of the forward pass. */
  readonly macs: number;
  /** Of forward and backward pass; the first weighted layer needs no input gradient. */
  readonly trainingMacs: number;
  /** Every layer's output in float32, not in place; views take none. A backward pass needs all of them. */
  readonly activationBytes: number;
  /**
   * The most that a forward pass alone has at a time, in float32: the input and output of one layer, since nothing
   * behind needs what came before. Dropout is then the identity, and takes no output of its own.
   */
  readonly peakActivationBytes: number;
  /** Parameters and the peak of a forward pass, in float32. */
  readonly inferenceBytes: number;
  /** Parameters, their gradients, activations and the input, in float32, without the optimizer's state. */
  readonly trainingBytes: number;
}

/** Counts what a network needs, without realizing it; `expand` gives the layers inside blocks. */
export function summarize(
  architecture: Architecture,
  options: { readonly expand?: boolean } = {},
): ArchitectureSummary {
  const placed = inferLayers(architecture);
  const layers =
    options.expand === true
      ? placed.map((layer) => summarizeEntry(layer.name, layer.layer.kind, [layer]))
      : byEntry(architecture, placed).map(({ name, kind, inner }) => summarizeEntry(name, kind, inner));
  const total = (count: (layer: LayerSummary) => number): number =>
    layers.reduce((sum, layer) => sum + count(layer), 0);
  const parameters = total((layer) => layer.parameters);
  const macs = total((layer) => layer.macs);
  const activationBytes = total((layer) => layer.activationBytes);
  // A network without weights has no multiply-accumulates at all.
  const firstMacs = placed.find((layer) => layer.macs > 0)?.macs ?? 0;
  const { channels, height, width } = architecture.input;
  const parameterBytes = parameters * FLOAT_BYTES;
  const peakActivationBytes = placed.reduce((most, layer) => Math.max(most, peakBytes(layer)), 0);
  return {
    layers,
    parameters,
    parameterBytes,
    macs,
    trainingMacs: 3 * macs - firstMacs,
    activationBytes,
    peakActivationBytes,
    inferenceBytes: parameterBytes + peakActivationBytes,
    trainingBytes: 2 * parameterBytes + activationBytes + channels * height * width * FLOAT_BYTES,
  };
}

/** What a layer has in memory while it predicts: its input and, unless that is the same memory, its output. */
function peakBytes({ layer, inputShape, outputShape }: PlacedLayer): number {
  const sharesMemory = layer.kind === "flatten" || layer.kind === "dropout";
  return FLOAT_BYTES * (elementCount(inputShape) + (sharesMemory ? 0 : elementCount(outputShape)));
}

interface ExpandedEntry {
  readonly name: string;
  readonly kind: LayerKindName;
  readonly inner: PlacedLayer[];
}

/** The layers that belong to each entry of `layers`. */
function byEntry(architecture: Architecture, placed: readonly PlacedLayer[]): readonly ExpandedEntry[] {
  const entries = architecture.layers.map(
    ({ kind }, layerIndex): ExpandedEntry => ({ name: `net.${layerIndex}`, kind, inner: [] }),
  );
  for (const layer of placed) at(entries, layer.layerIndex).inner.push(layer);
  return entries;
}

function summarizeEntry(name: string, kind: LayerKindName, inner: readonly PlacedLayer[]): LayerSummary {
  const total = (count: (layer: PlacedLayer) => number): number =>
    inner.reduce((sum, layer) => sum + count(layer), 0);
  return {
    name,
    kind,
    outputShape: [1, ...at(inner, -1).outputShape],
    parameters: total((layer) => layer.parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0)),
    macs: total((layer) => layer.macs),
    activationBytes: total((layer) =>
      layer.layer.kind === "flatten" ? 0 : FLOAT_BYTES * elementCount(layer.outputShape),
    ),
  };
}
