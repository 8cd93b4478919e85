/** An operator with its inputs and one output, by name. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

/** A graph of float32 tensors without attributes or weights. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly output: { readonly name: string; readonly shape: readonly number[] };
}

const IR_VERSION = 10;
const OPSET_VERSION = 17;
const FLOAT = 1;

/**
 * A graph as an ONNX model's bytes.
 *
 * Source: ONNX's public model format, in protobuf's wire format.
 */
export function onnxModel({ nodes, inputs, output }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => message(1, nodeBytes(node))),
    ...text(2, "ceiling"),
    ...Object.entries(inputs).flatMap(([name, shape]) => message(11, valueBytes(name, shape))),
    ...message(12, valueBytes(output.name, output.shape)),
  ];
  const opset = [...text(1, ""), ...integer(2, OPSET_VERSION)];
  return Uint8Array.from([...integer(1, IR_VERSION), ...message(7, graph), ...message(8, opset)]);
}

function nodeBytes({ operator, inputs, output }: OnnxNode): readonly number[] {
  return [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, operator)];
}

function valueBytes(name: string, shape: readonly number[]): readonly number[] {
  const dimensions = shape.flatMap((size) => message(1, integer(1, size)));
  const tensor = [...integer(1, FLOAT), ...message(2, dimensions)];
  return [...text(1, name), ...message(2, message(1, tensor))];
}

function integer(field: number, value: number): readonly number[] {
  return [field << 3, ...varint(value)];
}

function message(field: number, content: readonly number[]): readonly number[] {
  return [(field << 3) | 2, ...varint(content.length), ...content];
}

function text(field: number, content: string): readonly number[] {
  return message(field, [...new TextEncoder().encode(content)]);
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
