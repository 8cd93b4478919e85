import { ParameterError } from "@nin/backend";
import {
  type Architecture,
  classCount,
  inferLayers,
  type ModelDescription,
  modelMetadata,
  type NamedTensors,
  type PlacedLayer,
} from "@nin/spec";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { exportLayer } from "./export-layer.js";
import { exportPreprocessing } from "./export-preprocessing.js";

/** What an exported model says of itself: everything but the architecture, which is given. */
export type ExportDescription = Omit<ModelDescription, "architecture">;

/** How a network is exported. */
export type ExportOptions =
  | {
      /** Classes, preprocessing and origin, which become `metadata_props`; none by default. */
      readonly description?: ExportDescription;
      readonly withPreprocessing?: false;
    }
  | {
      readonly description: ExportDescription;
      /** Whether the model takes bytes of images and gives probabilities; false by default. */
      readonly withPreprocessing: true;
    };

/** The name of the batch axis in an exported model, and those of an image of any size. */
const BATCH = "N";
const HEIGHT = "H";
const WIDTH = "W";

/**
 * A network as a plain inference model in ONNX: NCHW, standard operators (opset 18), weights as
 * initializers under their state-dict names, without dropout. With a description it carries the metadata that
 * `modelMetadata` of `@nin/spec` writes.
 *
 * Shapes: input `input` [N, channels, height, width], preprocessed; output `logits` [N, classes]. With preprocessing:
 * input `images` [N, the images' channels, H, W], uint8, of any height and width, which are stretched to the
 * description's size; output `probabilities` [N, classes].
 *
 * @throws `ParameterError` when a parameter is missing; `SpecError` when the description does not suit the network
 *
 * @example
 * ```ts
 * const description = { classNames, preprocessing: { mean: 0, std: 1 }, image: architecture.input };
 * const bytes = exportOnnx(architecture, parameters, { description, withPreprocessing: true });
 * ```
 */
export function exportOnnx(
  architecture: Architecture,
  parameters: NamedTensors,
  { description, withPreprocessing = false }: ExportOptions = {},
): Uint8Array {
  const metadata = description === undefined ? undefined : modelMetadata({ architecture, ...description });
  const graph = new GraphBuilder({ fusedMatMul: false });
  let value = withPreprocessing
    ? imagesInput(graph, architecture, description)
    : plainInput(graph, architecture);
  for (const placed of inferLayers(architecture)) {
    graph.scope = placed.name;
    const shape = [BATCH, ...placed.outputShape];
    value = exportLayer(graph, placed, value, shape, initializers(graph, placed, parameters));
  }
  if (value.shape.length !== 2) {
    const result = { type: value.type, shape: [BATCH, classCount(architecture)] };
    value = graph.node("Flatten", [value], result, { axis: { int: 1 } });
  }
  if (withPreprocessing) {
    const probabilities = graph.node("Softmax", [value], value, { axis: { int: 1 } });
    graph.output(probabilities, "probabilities");
  } else graph.output(value, "logits");
  const { version } = description ?? {};
  return graph.toModel(architecture.name, {
    ...(metadata === undefined ? {} : { metadata }),
    ...(version === undefined ? {} : { version }),
  });
}

function plainInput(graph: GraphBuilder, { input }: Architecture): Value {
  return graph.input("input", "float32", [BATCH, input.channels, input.height, input.width]);
}

function imagesInput(
  graph: GraphBuilder,
  { input }: Architecture,
  description: ExportDescription | undefined,
): Value {
  if (description === undefined) throw new TypeError("withPreprocessing: expected a description");
  const { image, preprocessing } = description;
  const images = graph.input("images", "uint8", [BATCH, image.channels, HEIGHT, WIDTH]);
  return exportPreprocessing(graph, images, { ...image, preprocessing }, input);
}

function initializers(graph: GraphBuilder, placed: PlacedLayer, parameters: NamedTensors): readonly Value[] {
  return placed.parameters.map(({ name, shape }) => {
    const tensor = parameters.get(name);
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      const given = tensor === undefined ? "nothing" : `[${tensor.shape.join(", ")}]`;
      throw new ParameterError(name, `shape [${shape.join(", ")}]`, given);
    }
    return graph.constant(Float32Array.from(tensor.data), shape, name);
  });
}
