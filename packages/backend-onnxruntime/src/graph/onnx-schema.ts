import protobuf from "protobufjs";

/**
 * The part of ONNX's protobuf schema that models are written with: names and field numbers only.
 *
 * Source: ONNX's public model format (IR version 10).
 */
const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: "repeated", type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: field("int64", 1),
        producerName: field("string", 2),
        producerVersion: field("string", 3),
        graph: field("GraphProto", 7),
        opsetImport: repeated("OperatorSetIdProto", 8),
      },
    },
    OperatorSetIdProto: { fields: { domain: field("string", 1), version: field("int64", 2) } },
    GraphProto: {
      fields: {
        node: repeated("NodeProto", 1),
        name: field("string", 2),
        initializer: repeated("TensorProto", 5),
        input: repeated("ValueInfoProto", 11),
        output: repeated("ValueInfoProto", 12),
        valueInfo: repeated("ValueInfoProto", 13),
      },
    },
    NodeProto: {
      fields: {
        input: repeated("string", 1),
        output: repeated("string", 2),
        name: field("string", 3),
        opType: field("string", 4),
        attribute: repeated("AttributeProto", 5),
        domain: field("string", 7),
      },
    },
    AttributeProto: {
      fields: {
        name: field("string", 1),
        f: field("float", 2),
        i: field("int64", 3),
        s: field("bytes", 4),
        g: field("GraphProto", 6),
        floats: repeated("float", 7),
        ints: repeated("int64", 8),
        type: field("int32", 20),
      },
    },
    TensorProto: {
      fields: {
        dims: repeated("int64", 1),
        dataType: field("int32", 2),
        name: field("string", 8),
        rawData: field("bytes", 9),
      },
    },
    ValueInfoProto: { fields: { name: field("string", 1), type: field("TypeProto", 2) } },
    TypeProto: { fields: { tensorType: field("TensorTypeProto", 1) } },
    TensorTypeProto: { fields: { elemType: field("int32", 1), shape: field("TensorShapeProto", 2) } },
    TensorShapeProto: { fields: { dim: repeated("DimensionProto", 1) } },
    DimensionProto: {
      oneofs: { value: { oneof: ["dimValue", "dimParam"] } },
      fields: { dimValue: field("int64", 1), dimParam: field("string", 2) },
    },
  },
});

/** The message of a whole model. */
export const modelType = root.lookupType("ModelProto");

/** Serializes a model given as a plain object of the schema's messages. */
export function encodeModel(model: object): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}

/** ONNX's numbers for element types. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

/** ONNX's numbers for the types of attributes. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7 } as const;
