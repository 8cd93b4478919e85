import { elementCount, type NamedTensors } from "@nin/spec";
import type { LayersModelJson } from "./layers-model.js";
import { LayersModelError } from "./layers-model.js";
import { parseManifest, type WeightGroup } from "./parse-manifest.js";
import { fromKerasWeight } from "./weight-layout.js";

/**
 * The parameters of a layers model whose layers have the network's names, as `exportLayersModel` writes them and
 * TensorFlow.js's `model.save` keeps them.
 *
 * Shapes: OIHW and [out, in].
 *
 * @throws `LayersModelError` for weights that are no float32, or do not fill the file.
 */
export function importLayersModel(
  json: Pick<LayersModelJson, "weightsManifest">,
  weights: Uint8Array,
): NamedTensors {
  const groups = parseManifest(json, "model.json");
  const needed = groups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (needed !== weights.length) {
    throw new LayersModelError(
      "weights",
      `expected ${needed} bytes, as model.json has it, got ${weights.length}`,
    );
  }
  return parametersOf(groups, weights);
}

/** The parameters of weights that have the right size. */
export function parametersOf(groups: readonly WeightGroup[], weights: Uint8Array): NamedTensors {
  const isAligned = weights.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? weights : new Uint8Array(weights);
  const values = new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
  let at = 0;
  const named = groups.flatMap((group) =>
    group.weights.map(({ name, shape }) => {
      const length = elementCount(shape);
      const data = values.subarray(at, at + length);
      at += length;
      return fromKerasWeight({ name, shape, data });
    }),
  );
  return new Map(named);
}
