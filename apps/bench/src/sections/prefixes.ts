import { type Architecture, at, inferLayers, type LayerKindName, type PlacedLayer, present } from "@nin/spec";
import { isFirstWeighted, layerTraffic } from "../workload/traffic.js";

/** A network cut after one of its layers, with a head of its own. */
export interface Prefix {
  /** `net.3`. */
  readonly name: string;
  readonly kind: string;
  readonly architecture: Architecture;
  /** Operations that it adds to the prefix before, in a training step on the batch. */
  readonly flops: number;
  /** Bytes that it adds likewise. */
  readonly bytes: number;
}

/** Layers that move or compute too little to stand out from noise are counted with the next one. */
const IS_SMALL: Readonly<Record<LayerKindName, boolean>> = {
  ninBlock: false,
  conv2d: false,
  linear: false,
  maxPool2d: false,
  avgPool2d: false,
  globalAvgPool2d: true,
  relu: true,
  dropout: true,
  flatten: true,
};

/**
 * The prefixes of a network, shorter ones first; the last of them is the whole network. Each averages its output
 * over the image and takes the averages as scores, as the network's own head does, so that the time of a prefix
 * less that of the one before is what a layer adds, its input gradient included.
 */
export function prefixesOf(architecture: Architecture, batch: number): readonly Prefix[] {
  const placed = inferLayers(architecture);
  const ends = architecture.layers.flatMap(({ kind }, layerIndex) =>
    IS_SMALL[kind] && layerIndex < architecture.layers.length - 1 ? [] : [layerIndex],
  );
  const kindAt = (layerIndex: number): LayerKindName => at(architecture.layers, layerIndex).kind;
  // The layers after the last large one are counted with that one; a network of small layers is one part.
  const lastLarge = ends.findLast((layerIndex) => !IS_SMALL[kindAt(layerIndex)]) ?? at(ends, -1);
  const cuts = ends.filter((layerIndex) => layerIndex <= lastLarge);
  return cuts.map((end, index) => {
    const isWhole = index === cuts.length - 1;
    const from = index === 0 ? 0 : at(cuts, index - 1) + 1;
    const added = placed.filter(({ layerIndex }) => layerIndex >= from && (isWhole || layerIndex <= end));
    const traffic = added.map((layer) => layerTraffic(layer, batch, "train", isFirstWeighted(layer, placed)));
    return {
      name: `net.${end}`,
      kind: kindAt(end),
      architecture: isWhole ? architecture : cutAfter(architecture, end, placed),
      flops: batch * traffic.reduce((sum, { flops }) => sum + flops, 0),
      bytes: traffic.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

function cutAfter(architecture: Architecture, end: number, placed: readonly PlacedLayer[]): Architecture {
  const layers = architecture.layers.slice(0, end + 1);
  const last = placed.findLast(({ layerIndex }) => layerIndex === end);
  const output = present(last, `the placed layer ${end}`).outputShape;
  const head = output.length === 3 ? ([{ kind: "globalAvgPool2d" }, { kind: "flatten" }] as const) : [];
  return { ...architecture, layers: [...layers, ...head] };
}
