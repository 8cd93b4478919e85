import type { RealizedLayer } from "@nin/backend";
import type { Architecture, Shape } from "@nin/spec";
import type { Network, NetworkLayer } from "./network/network.js";

/** One entry for each of the architecture's `layers`, with the shapes of the network's own tensors. */
export function realizedLayers(architecture: Architecture, network: Network): readonly RealizedLayer[] {
  return architecture.layers.map(({ kind }, position): RealizedLayer => {
    const parts = network.layers.filter((layer) => layer.layerIndex === position);
    const entry = {
      name: `net.${position}`,
      kind,
      outputShape: parts.at(-1)?.outputShape ?? [],
      parameters: new Map(parts.flatMap((part) => [...parameterShapes(part)])),
    };
    return kind === "ninBlock" ? { ...entry, inner: parts.map(realizedPart) } : entry;
  });
}

function realizedPart(part: NetworkLayer): Omit<RealizedLayer, "inner"> {
  const { name, layer, outputShape } = part;
  return { name, kind: layer.kind, outputShape, parameters: parameterShapes(part) };
}

function parameterShapes({ name, parameters }: NetworkLayer): ReadonlyMap<string, Shape> {
  const shapes = Object.entries(parameters).map(
    ([role, tensor]) => [`${name}.${role}`, tensor.shape] as const,
  );
  return new Map(shapes);
}
