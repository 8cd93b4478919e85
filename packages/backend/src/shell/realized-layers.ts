import { type Architecture, at, entry, InternalError, inferLayers, type Shape } from "@nin/spec";
import type { RealizedLayer } from "../contract/model.js";
import type { RealizedPrimitive } from "./engine.js";

/**
 * Groups the primitive layers that an engine realized by the architecture's `layers`: a block has its own as
 * `inner`, their parameters, and the last one's output. Names and kinds are the architecture's, shapes the engine's.
 *
 * @throws InternalError when the engine did not realize exactly the architecture's layers
 */
export function realizedLayers(
  architecture: Architecture,
  realized: readonly RealizedPrimitive[],
): readonly RealizedLayer[] {
  const placed = inferLayers(architecture);
  const builtByName = new Map(realized.map((primitive) => [primitive.name, primitive]));
  const names = placed.map(({ name }) => name);
  if (realized.length !== names.length || names.some((name) => !builtByName.has(name))) {
    const given = realized.map(({ name }) => name).join(", ");
    throw new InternalError(`the engine realized ${given} instead of ${names.join(", ")}`);
  }
  return architecture.layers.map(({ kind }, layerIndex): RealizedLayer => {
    const inner = placed
      .filter((layer) => layer.layerIndex === layerIndex)
      .map(({ name, layer }) => ({ ...entry(builtByName, name), kind: layer.kind }));
    if (kind !== "ninBlock") return at(inner, 0);
    const { outputShape } = at(inner, -1);
    return { name: `net.${layerIndex}`, kind, outputShape, parameters: parameterShapes(inner), inner };
  });
}

/** The shapes of all parameters of some layers, by state-dict name. */
export function parameterShapes(
  layers: readonly Pick<RealizedLayer, "parameters">[],
): ReadonlyMap<string, Shape> {
  return new Map(layers.flatMap(({ parameters }) => [...parameters]));
}
