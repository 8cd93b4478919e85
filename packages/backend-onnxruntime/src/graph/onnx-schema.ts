import { entry } from "@nin/spec";
// The part without reflection, which would compile encoders by `Function` and so be refused by a page's content policy.
import protobuf from "protobufjs/minimal.js";

interface Field {
  readonly type: string;
  readonly id: number;
  readonly rule?: "repeated";
}

interface MessageType {
  readonly fields: Readonly<Record<string, Field>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: string[] }>>;
}

const field = (type: string, id: number): Field => ({ type, id });
const repeated = (type: string, id: number): Field => ({ rule: "repeated", type, id });

/**
 * The part of ONNX's protobuf schema that models are written with, as protobufjs describes one: names and field numbers
 * only. Fields are in the order of their numbers, in which they are written.
 *
 * Source: ONNX's public model format (IR version 10).
 */
export const ONNX_SCHEMA: Readonly<Record<string, MessageType>> = {
  ModelProto: {
    fields: {
      irVersion: field("int64", 1),
      producerName: field("string", 2),
      producerVersion: field("string", 3),
      graph: field("GraphProto", 7),
      opsetImport: repeated("OperatorSetIdProto", 8),
      metadataProps: repeated("StringStringEntryProto", 14),
    },
  },
  StringStringEntryProto: { fields: { key: field("string", 1), value: field("string", 2) } },
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
};

/** Serializes a model given as a plain object of the schema's messages; what is undefined is not written. */
export function encodeModel(model: object): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, "ModelProto", model);
  return writer.finish();
}

function writeMessage(writer: protobuf.Writer, type: string, message: object): void {
  const values = new Map<string, unknown>(Object.entries(message));
  const { fields, oneofs = {} } = entry(SCHEMA, type);
  const choices = Object.values(oneofs).flatMap(({ oneof }) => oneof);
  for (const [name, field] of Object.entries(fields)) {
    const value = values.get(name);
    if (value === undefined) continue;
    if (field.rule === "repeated") writeList(writer, field, value as readonly unknown[]);
    // Which of the fields of a choice is there says something; elsewhere a missing value is the default.
    else if (!isDefault(value) || choices.includes(name)) writeField(writer, field, value);
  }
}

function isDefault(value: unknown): boolean {
  return value instanceof Uint8Array ? value.length === 0 : value === "" || Object.is(value, 0);
}

const SCHEMA = new Map(Object.entries(ONNX_SCHEMA));

/** The lowest bits of a field's key, and how its value is written; messages have neither. */
const SCALARS: ReadonlyMap<
  string,
  { readonly wireType: number; readonly write: (writer: protobuf.Writer, value: never) => void }
> = new Map([
  ["int64", { wireType: 0, write: (writer, value: number) => writer.int64(value) }],
  ["int32", { wireType: 0, write: (writer, value: number) => writer.int32(value) }],
  ["float", { wireType: 5, write: (writer, value: number) => writer.float(value) }],
  ["string", { wireType: 2, write: (writer, value: string) => writer.string(value) }],
  ["bytes", { wireType: 2, write: (writer, value: Uint8Array) => writer.bytes(value) }],
]);
const DELIMITED = 2;

function writeField(writer: protobuf.Writer, { type, id }: Field, value: unknown): void {
  const scalar = SCALARS.get(type);
  writer.uint32((id << 3) | (scalar?.wireType ?? DELIMITED));
  if (scalar !== undefined) {
    scalar.write(writer, value as never);
    return;
  }
  writer.fork();
  writeMessage(writer, type, value as object);
  writer.ldelim();
}

/** Numbers in one piece, everything else one after another. */
function writeList(writer: protobuf.Writer, field: Field, values: readonly unknown[]): void {
  const scalar = SCALARS.get(field.type);
  if (scalar === undefined || scalar.wireType === DELIMITED) {
    for (const value of values) writeField(writer, field, value);
    return;
  }
  if (values.length === 0) return;
  writer.uint32((field.id << 3) | DELIMITED).fork();
  for (const value of values) scalar.write(writer, value as never);
  writer.ldelim();
}

/** ONNX's numbers for element types. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

/** ONNX's numbers for the types of attributes. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7 } as const;
