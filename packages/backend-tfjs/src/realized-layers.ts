import type { RealizedLayer } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import type { Network, NetworkLayer } from "./runtime/network.js";

/** One entry for each of the architecture's `layers`, with the shapes of the network's own tensors. */
export function realizedLayers(architecture: Architecture, { layers }: Network): readonly RealizedLayer[] {
  return architecture.layers.map(({ kind }, position): RealizedLayer => {
    const parts = layers.filter((layer) => layer.layerIndex === position);
    const entry = {
      name: `net.${position}`,
      kind,
      outputShape: parts.at(-1)?.outputShape ?? [],
      parameters: new Map(parts.flatMap((part) => [...part.parameters])),
    };
    return kind === "ninBlock" ? { ...entry, inner: parts.map(realizedPart) } : entry;
  });
}

function realizedPart({ name, layer, outputShape, parameters }: NetworkLayer): Omit<RealizedLayer, "inner"> {
  return { name, kind: layer.kind, outputShape, parameters };
}
