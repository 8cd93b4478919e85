/**
 * Writes ONNX graphs node by node, for any program: it knows nothing of networks.
 *
 * @example
 * ```ts
 * import { GraphBuilder } from "@nin/backend-onnxruntime/graph";
 *
 * const graph = new GraphBuilder({ fusedMatMul: true });
 * const input = graph.input("x", "float32", [2, 3]);
 * graph.output(input, "y");
 * ```
 *
 * @packageDocumentation
 */

export {
  type Attribute,
  type ConstantData,
  type Dialect,
  type Dimension,
  type ElementType,
  GraphBuilder,
  type Value,
} from "./graph/graph-builder.js";
