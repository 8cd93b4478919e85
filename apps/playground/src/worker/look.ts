import type { Model } from "@nin/backend";
import { type Architecture, at, entry, namedParameters } from "@nin/spec";
import { classEvidence, classMaps, firstFilters } from "@nin/training";
import type { Look, LookRequest } from "../contract/protocol.js";

/** Networks with more parameters are not read back while they train just to show their filters. */
const MOST_PARAMETERS = 3_000_000;

/** What is inside a network for one image. */
export async function lookInside(
  model: Model,
  architecture: Architecture,
  { pixels, layer, wantsFilters }: LookRequest,
  step: () => number,
): Promise<Look> {
  // A copy: a batch may be moved to another thread.
  const batch = { images: Uint8Array.from(pixels) };
  const outputs = await model.activations(batch);
  // Training goes on meanwhile: all that is shown is of one state.
  const seen = {
    layers: model.layers,
    activations: async () => outputs,
    readParameters: () => model.readParameters(),
  };
  const output = layer === undefined ? undefined : outputs.get(layer);
  const scores = Float32Array.from(entry(outputs, at(model.layers, -1).name).data);
  const evidence = classEvidence(model);
  const isLarge = parameterCount(architecture) > MOST_PARAMETERS;
  const filters =
    wantsFilters && !isLarge ? firstFilters(architecture, await model.readParameters()) : undefined;
  const maps =
    evidence === undefined || (isLarge && evidence.linear !== undefined)
      ? undefined
      : await classMaps(seen, batch);
  return {
    step: step(),
    ...(layer !== undefined && output !== undefined && { layer, output }),
    scores,
    ...(maps && { maps }),
    ...(evidence && { evidence }),
    ...(filters && { filters }),
  };
}

function parameterCount(architecture: Architecture): number {
  return namedParameters(architecture).reduce(
    (sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
}
