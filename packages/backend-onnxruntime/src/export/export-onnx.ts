import { ParameterError } from "@nin/backend";
import { type Architecture, classCount, inferLayers, type NamedTensors, type PlacedLayer } from "@nin/spec";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { exportLayer } from "./export-layer.js";

/** The name of the batch axis in an exported model. */
const BATCH = "N";

/**
 * A network as a plain inference model in ONNX: NCHW, standard operators (opset 18), weights as
 * initializers under their state-dict names, without dropout.
 *
 * Shapes: input `input` [N, channels, height, width], preprocessed; output `logits` [N, classes].
 *
 * @throws `ParameterError` when a parameter is missing.
 */
export function exportOnnx(architecture: Architecture, parameters: NamedTensors): Uint8Array {
  const graph = new GraphBuilder({ fusedMatMul: false });
  const { channels, height, width } = architecture.input;
  let value: Value = graph.input("input", "float32", [BATCH, channels, height, width]);
  for (const placed of inferLayers(architecture)) {
    graph.scope = placed.name;
    const shape = [BATCH, ...placed.outputShape];
    value = exportLayer(graph, placed, value, shape, initializers(graph, placed, parameters));
  }
  if (value.shape.length !== 2) {
    const result = { type: value.type, shape: [BATCH, classCount(architecture)] };
    value = graph.node("Flatten", [value], result, { axis: { int: 1 } });
  }
  graph.output(value, "logits");
  return graph.toModel(architecture.name);
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
