import type { RealizedLayer } from "@nin/backend";
import type { Architecture, PlacedLayer } from "@nin/spec";
import { inferLayers } from "@nin/spec";
import type { RealizedPrimitive } from "./runtime/protocol.js";

/** Groups the primitives that the runtime realized by the architecture's entries. */
export function realizedLayers(
  architecture: Architecture,
  realized: readonly RealizedPrimitive[],
): readonly RealizedLayer[] {
  const placed = inferLayers(architecture);
  return architecture.layers.map((entry, position) => {
    const inner = placed
      .filter((layer) => layer.layerIndex === position)
      .map((layer) => realizedPrimitive(layer, realized));
    const [first] = inner;
    const output = inner.at(-1);
    if (first === undefined || output === undefined) throw new Error(`layers[${position}] has no layers`);
    if (entry.kind !== "ninBlock") return first;
    return {
      name: `net.${position}`,
      kind: entry.kind,
      outputShape: output.outputShape,
      parameters: new Map(inner.flatMap((layer) => [...layer.parameters])),
      inner,
    };
  });
}

function realizedPrimitive(layer: PlacedLayer, realized: readonly RealizedPrimitive[]): RealizedLayer {
  const primitive = realized.find(({ name }) => name === layer.name);
  if (primitive === undefined) throw new Error(`the runtime gave no output of ${layer.name}`);
  return {
    name: layer.name,
    kind: layer.layer.kind,
    outputShape: primitive.outputShape,
    parameters: new Map(primitive.parameters),
  };
}
