import { ParameterError } from "@nin/backend";
import { elementCount, type Parameters } from "@nin/spec";
import type { LayersModelJson } from "./layers-model.js";
import { fromKerasWeight } from "./weight-layout.js";

/**
 * The parameters of a layers model whose layers have the network's names, as `exportLayersModel` writes them and
 * TensorFlow.js's `model.save` keeps them.
 *
 * Shapes: OIHW and [out, in]. Throws: `ParameterError` for weights that are no float32, or do not fill the file.
 */
export function importLayersModel(
  json: Pick<LayersModelJson, "weightsManifest">,
  weights: Uint8Array,
): Parameters {
  const entries = json.weightsManifest.flatMap((group) => group.weights);
  const needed = 4 * entries.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  if (needed !== weights.length) {
    throw new ParameterError("weights", `${needed} bytes, as model.json has it`, `${weights.length}`);
  }
  const values = new Float32Array(weights.slice().buffer);
  let at = 0;
  const named = entries.map(({ name, shape, dtype }) => {
    if (dtype !== "float32") throw new ParameterError(name, "float32", dtype);
    const length = elementCount(shape);
    const data = values.subarray(at, at + length);
    at += length;
    return fromKerasWeight({ name, shape, data });
  });
  return new Map(named);
}
