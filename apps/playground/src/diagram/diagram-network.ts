import {
  type Architecture,
  at,
  entry,
  inferLayers,
  type Layer,
  type LayerKindName,
  type PlacedLayer,
  type PrimitiveLayer,
  type Shape,
  type Size2d,
  summarize,
} from "@nin/spec";

/** What a layer has: numbers by formula, of one image. */
export interface LayerFigures {
  /** Units: scalars. */
  readonly parameters: number;
  /** Multiply-accumulates of the forward pass. */
  readonly macs: number;
  readonly activationBytes: number;
}

/** A layer as it is drawn. */
export interface DiagramLayer extends LayerFigures {
  /** `net.3`, or `net.0.2` inside a block: there the convolution's name, whose ReLU is drawn with it. */
  readonly name: string;
  readonly kind: LayerKindName;
  /** `NiN block`, `1×1 convolution`. */
  readonly title: string;
  /** What else its fields say, as `stride 2, padding 1`; empty where that is nothing. */
  readonly detail: string;
  /** Of its output, without the batch: [channels, height, width] or [features]. */
  readonly shape: Shape;
  /** The convolutions of a block; empty for any other layer. */
  readonly inner: readonly DiagramLayer[];
}

/** A network as it is drawn. */
export interface DiagramNetwork {
  /** [channels, height, width]. */
  readonly input: Shape;
  readonly layers: readonly DiagramLayer[];
  readonly totals: LayerFigures;
}

/** The name that `NetworkDiagram` has for the network's input. */
export const INPUT_NAME = "input";

/** The entry of `layers` that a layer belongs to, which is what `Model.activations` gives: `net.0` of `net.0.2`. */
export function entryName(name: string): string {
  return name.split(".").slice(0, 2).join(".");
}

/** Everything that the diagram says of a network. */
export function diagramNetwork(architecture: Architecture): DiagramNetwork {
  const { channels, height, width } = architecture.input;
  const summary = summarize(architecture);
  const expanded = new Map(summarize(architecture, { expand: true }).layers.map((each) => [each.name, each]));
  const inside = architecture.layers.map((): PlacedLayer[] => []);
  for (const placed of inferLayers(architecture)) at(inside, placed.layerIndex).push(placed);
  const layers = architecture.layers.map((layer, index): DiagramLayer => {
    const { name, kind, outputShape, parameters, macs, activationBytes } = at(summary.layers, index);
    return {
      name,
      kind,
      ...describeLayer(layer),
      shape: outputShape.slice(1),
      parameters,
      macs,
      activationBytes,
      inner: kind === "ninBlock" ? innerLayers(at(inside, index), expanded) : [],
    };
  });
  const { parameters, macs, activationBytes } = summary;
  return { input: [channels, height, width], layers, totals: { parameters, macs, activationBytes } };
}

/** `48 × 28 × 28`, or `10`. */
export function shapeText(shape: Shape): string {
  return shape.join(" \u00d7 ");
}

/** Each convolution of a block with the ReLU behind it. */
function innerLayers(
  placed: readonly PlacedLayer[],
  figures: ReadonlyMap<string, LayerFigures>,
): readonly DiagramLayer[] {
  return placed.flatMap(({ name, layer, outputShape }, index) => {
    if (layer.kind === "relu") return [];
    const { parameters, macs, activationBytes } = entry(figures, name);
    const relu = entry(figures, at(placed, index + 1).name);
    const { title, detail } = describeLayer(layer);
    return {
      name,
      kind: layer.kind,
      title,
      detail: detail === "" ? "then ReLU" : `${detail}, then ReLU`,
      shape: outputShape,
      parameters,
      macs,
      activationBytes: activationBytes + relu.activationBytes,
      inner: [],
    };
  });
}

function describeLayer(layer: Layer): Pick<DiagramLayer, "title" | "detail"> {
  switch (layer.kind) {
    case "ninBlock": {
      const kernels = [layer.kernelSize, ...layer.mlpChannels.map(() => layer.mlpKernelSize)];
      return {
        title: "NiN block",
        detail: [kernels.map(sizeText).join(" \u2192 "), ...window(layer)].join(", "),
      };
    }
    case "conv2d":
      return { title: `${sizeText(layer.kernelSize)} convolution`, detail: window(layer).join(", ") };
    case "maxPool2d":
      return { title: "Max pooling", detail: pool(layer) };
    case "avgPool2d":
      return { title: "Average pooling", detail: pool(layer) };
    case "dropout":
      return { title: "Dropout", detail: `rate ${layer.rate}` };
    case "linear":
      return { title: "Fully connected", detail: `${layer.outFeatures} units` };
    case "globalAvgPool2d":
      return { title: "Global average pooling", detail: "the mean of each channel" };
    case "relu":
      return { title: "ReLU", detail: "max(x, 0)" };
    case "flatten":
      return { title: "Flatten", detail: "" };
  }
}

function pool(layer: Extract<PrimitiveLayer, { readonly kind: "maxPool2d" | "avgPool2d" }>): string {
  return [`${sizeText(layer.kernelSize)} windows`, ...window(layer)].join(", ");
}

function window({
  stride,
  padding,
}: {
  readonly stride: Size2d;
  readonly padding: Size2d;
}): readonly string[] {
  const isMoved = stride.some((extent) => extent !== 1);
  const isPadded = padding.some((extent) => extent !== 0);
  return [
    ...(isMoved ? [`stride ${sameText(stride)}`] : []),
    ...(isPadded ? [`padding ${sameText(padding)}`] : []),
  ];
}

function sameText([vertical, horizontal]: Size2d): string {
  return vertical === horizontal ? `${vertical}` : `${vertical}\u00d7${horizontal}`;
}

function sizeText([height, width]: Size2d): string {
  return `${height}\u00d7${width}`;
}
