import { type Architecture, inferLayers, type PlacedLayer } from "@nin/spec";
import { isFirstWeighted, layerTraffic } from "../workload/traffic";

/** A network cut after one of its layers, with a head of its own, and what its last part is. */
export interface Prefix {
  /** `net.3`. */
  readonly name: string;
  readonly kind: string;
  readonly architecture: Architecture;
  /** Of what it adds to the prefix before, in a training step on the batch. */
  readonly flops: number;
  readonly bytes: number;
}

/** Layers that move or compute too little to be told apart from noise go with the next one. */
const SMALL = ["dropout", "flatten", "globalAvgPool2d", "relu"];

/**
 * The beginnings of a network, shorter ones first, the last of them all of it. Each averages what it ends
 * in over the image and takes that as scores, as the network's own head does, so that a prefix's time
 * less that of the one before is what a layer adds, its input gradient included.
 */
export function prefixesOf(architecture: Architecture, batch: number): readonly Prefix[] {
  const placed = inferLayers(architecture);
  const ends = architecture.layers.flatMap(({ kind }, layerIndex) =>
    SMALL.includes(kind) && layerIndex < architecture.layers.length - 1 ? [] : [layerIndex],
  );
  // What follows the last layer of weight is part of that one.
  const lastHeavy = ends.findLast(
    (layerIndex) => !SMALL.includes(architecture.layers[layerIndex]?.kind ?? ""),
  );
  const cuts = ends.filter((layerIndex) => layerIndex <= (lastHeavy ?? 0));
  return cuts.map((end, index) => {
    const isWhole = index === cuts.length - 1;
    const from = index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1;
    const added = placed.filter(({ layerIndex }) => layerIndex >= from && (isWhole || layerIndex <= end));
    const traffic = added.map((layer) => layerTraffic(layer, batch, "train", isFirstWeighted(layer, placed)));
    return {
      name: `net.${end}`,
      kind: architecture.layers[end]?.kind ?? "",
      architecture: isWhole ? architecture : cutAfter(architecture, end, placed),
      flops: batch * traffic.reduce((sum, { flops }) => sum + flops, 0),
      bytes: traffic.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

function cutAfter(architecture: Architecture, end: number, placed: readonly PlacedLayer[]): Architecture {
  const layers = architecture.layers.slice(0, end + 1);
  const output = placed.findLast(({ layerIndex }) => layerIndex === end)?.outputShape ?? [];
  const head = output.length === 3 ? ([{ kind: "globalAvgPool2d" }, { kind: "flatten" }] as const) : [];
  return { ...architecture, layers: [...layers, ...head] };
}
