import { checkParameters } from "@nin/backend";
import {
  type Architecture,
  inferLayers,
  type ModelDescription,
  modelMetadata,
  type NamedTensors,
  namedParameters,
  type PlacedLayer,
} from "@nin/spec";
import { kerasLayers } from "./keras-layers.js";
import { type KerasLayer, type LayersModel, WEIGHTS_FILE, type WeightEntry } from "./layers-model.js";
import { toKerasWeight } from "./weight-layout.js";

const GENERATED_BY = "NiN";
/** Any of the versions that TensorFlow.js's own models name. */
const KERAS_VERSION = "tfjs-layers 4.22.0";

/**
 * A network as a layers model of TensorFlow.js, for `tf.loadLayersModel`: a Sequential of stock layers, named as
 * the network's own.
 *
 * Shapes: input [N, height, width, channels], preprocessed; output as the network's, [N, classes] after a `flatten`.
 *
 * @param description - classes, preprocessing and origin, which become the model's `userDefinedMetadata`; none by default
 * @throws `ParameterError` when parameters do not suit; `UnsupportedError` for a pool that stock layers lack;
 * `SpecError` when the description does not suit the network.
 */
export function exportLayersModel(
  architecture: Architecture,
  parameters: NamedTensors,
  description?: Omit<ModelDescription, "architecture">,
): LayersModel {
  const expected = namedParameters(architecture);
  checkParameters(parameters, new Map(expected.map(({ name, shape }) => [name, shape])));
  const weights = expected.map(({ name }) => toKerasWeight(name, parameters.get(name)));
  const entries = weights.map(({ name, shape }): WeightEntry => ({ name, shape, dtype: "float32" }));
  return {
    json: {
      format: "layers-model",
      generatedBy:
        description?.version === undefined ? GENERATED_BY : `${GENERATED_BY} ${description.version}`,
      convertedBy: null,
      modelTopology: {
        class_name: "Sequential",
        config: { name: architecture.name, layers: topology(architecture) },
        keras_version: KERAS_VERSION,
        backend: "tensor_flow.js",
      },
      ...(description && {
        userDefinedMetadata: Object.fromEntries(modelMetadata({ architecture, ...description })),
      }),
      weightsManifest: [{ paths: [WEIGHTS_FILE], weights: entries }],
    },
    weights: joined(weights.map(({ data }) => data)),
  };
}

function topology(architecture: Architecture): readonly KerasLayer[] {
  const { channels, height, width } = architecture.input;
  let mayBeNegative = true;
  const layers = inferLayers(architecture).flatMap((placed) => {
    const own = kerasLayers(placed, { mayBeNegative });
    mayBeNegative = givesNegatives(placed, mayBeNegative);
    return own;
  });
  const [first, ...rest] = layers;
  if (first === undefined) return [];
  const config = { ...first.config, batch_input_shape: [null, height, width, channels], dtype: "float32" };
  return [{ ...first, config }, ...rest];
}

function givesNegatives({ layer }: PlacedLayer, before: boolean): boolean {
  if (layer.kind === "relu") return false;
  return layer.kind === "conv2d" || layer.kind === "linear" ? true : before;
}

/** Little-endian, as all machines are that Node runs on. */
function joined(arrays: readonly Float32Array[]): Uint8Array {
  const values = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    values.set(array, at);
    at += array.length;
  }
  return new Uint8Array(values.buffer);
}
