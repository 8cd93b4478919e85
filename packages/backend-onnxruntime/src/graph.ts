/** Writes ONNX graphs node by node, for any program: it knows nothing of networks. */
export {
  type Attribute,
  type ConstantData,
  type Dialect,
  type Dimension,
  type ElementType,
  GraphBuilder,
  type Value,
} from "./graph/graph-builder.js";
