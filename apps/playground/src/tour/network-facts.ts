import {
  type Architecture,
  at,
  classCount,
  inferLayers,
  type LayerKindName,
  type PlacedLayer,
  type Shape,
  summarize,
} from "@nin/spec";
import { headBlockIndex, withWideHead } from "./variants.js";

/** A convolution of the network. */
export interface ConvolutionFacts {
  readonly name: string;
  /** `5×5`. */
  readonly kernel: string;
  readonly isPointwise: boolean;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly parameters: number;
}

/** What the tour says of the network that is in the playground. */
export interface NetworkFacts {
  readonly classes: number;
  readonly parameters: number;
  /** The first NiN block with more than one convolution. */
  readonly block: { readonly name: string; readonly convolutions: readonly ConvolutionFacts[] } | undefined;
  /** All 1x1 convolutions inside blocks. */
  readonly pointwise: { readonly count: number; readonly parameters: number };
  /** The end of a NiN, with what AlexNet's would have in its place. */
  readonly head:
    | {
        readonly block: string;
        readonly pool: string;
        /** Of the maps that are averaged: [channels, height, width]. */
        readonly maps: Shape;
        readonly parameters: number;
        readonly wideParameters: number;
      }
    | undefined;
  /** Layers that make maps smaller. */
  readonly pools: readonly string[];
  /** The input, and each output of another shape than the one before; without the batch. */
  readonly shapes: readonly {
    readonly name: string;
    readonly kind: LayerKindName | "input";
    readonly shape: Shape;
  }[];
}

/** Counts everything that the tour says; nothing in its text is written by hand. */
export function networkFacts(architecture: Architecture): NetworkFacts {
  const placed = inferLayers(architecture);
  const classes = classCount(architecture);
  const summary = summarize(architecture);
  const ofBlocks = placed.filter(({ layerIndex }) => at(architecture.layers, layerIndex).kind === "ninBlock");
  const convolutions = ofBlocks.flatMap((layer) => convolutionFacts(layer) ?? []);
  const pointwise = convolutions.filter(({ isPointwise }) => isPointwise);
  const blockIndex = architecture.layers.findIndex(
    (layer) => layer.kind === "ninBlock" && layer.mlpChannels.length > 0,
  );
  return {
    classes,
    parameters: summary.parameters,
    block:
      blockIndex < 0
        ? undefined
        : {
            name: `net.${blockIndex}`,
            convolutions: convolutions.filter(({ name }) => name.startsWith(`net.${blockIndex}.`)),
          },
    pointwise: {
      count: pointwise.length,
      parameters: pointwise.reduce((sum, each) => sum + each.parameters, 0),
    },
    head: headFacts(architecture, classes),
    pools: architecture.layers.flatMap(({ kind }, index) =>
      kind === "maxPool2d" || kind === "avgPool2d" ? [`net.${index}`] : [],
    ),
    shapes: changedShapes(architecture),
  };
}

function headFacts(architecture: Architecture, classes: number): NetworkFacts["head"] {
  const block = headBlockIndex(architecture);
  const wide = withWideHead(architecture, classes);
  if (block === undefined || wide === undefined) return undefined;
  const { layers, parameters: all } = summarize(architecture);
  const { outputShape, parameters } = at(layers, block);
  return {
    block: `net.${block}`,
    pool: `net.${block + 1}`,
    maps: outputShape.slice(1),
    parameters,
    // What is in front of the head is the same.
    wideParameters: summarize(wide).parameters - (all - parameters),
  };
}

function convolutionFacts({
  name,
  layer,
  inputShape,
  parameters,
}: PlacedLayer): ConvolutionFacts | undefined {
  if (layer.kind !== "conv2d") return undefined;
  const [height, width] = layer.kernelSize;
  return {
    name,
    kernel: `${height}\u00d7${width}`,
    isPointwise: height === 1 && width === 1,
    inChannels: at(inputShape, 0),
    outChannels: layer.outChannels,
    parameters: parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  };
}

function changedShapes(architecture: Architecture): NetworkFacts["shapes"] {
  const { channels, height, width } = architecture.input;
  const all = [
    { name: "input", kind: "input" as const, shape: [channels, height, width] },
    ...summarize(architecture).layers.map(({ name, kind, outputShape }) => ({
      name,
      kind,
      shape: outputShape.slice(1),
    })),
  ];
  return all.filter(({ shape }, index) => index === 0 || `${shape}` !== `${at(all, index - 1).shape}`);
}
