import protobuf from "protobufjs";
import { ONNX_SCHEMA } from "../graph/onnx-schema.js";

/** The message of a whole model, in protobufjs's own reading of the schema. */
export const modelType = protobuf.Root.fromJSON({ nested: { ...ONNX_SCHEMA } }).lookupType("ModelProto");

/** An ONNX model as its bytes say, in the part of the schema that this package writes. */
export interface DecodedModel {
  readonly irVersion: number;
  readonly producerVersion?: string;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly opsetImport: readonly { readonly domain?: string; readonly version: number }[];
  readonly graph: DecodedGraph;
}

export interface DecodedGraph {
  readonly name: string;
  readonly node: readonly DecodedNode[];
  readonly initializer: readonly DecodedInitializer[];
  readonly input: readonly DecodedValue[];
  readonly output: readonly DecodedValue[];
  readonly valueInfo: readonly DecodedValue[];
}

export interface DecodedNode {
  readonly name: string;
  readonly opType: string;
  /** None for ONNX's own operators. */
  readonly domain?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly { readonly name: string; readonly type: number; readonly g?: DecodedGraph }[];
}

export interface DecodedInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

export interface DecodedValue {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

export function decodeModel(model: Uint8Array): DecodedModel {
  return modelType.toObject(modelType.decode(model), {
    longs: Number,
    arrays: true,
  }) as unknown as DecodedModel;
}

/** A graph and the bodies of its nodes, the outermost first. */
export function graphsOf(graph: DecodedGraph): readonly DecodedGraph[] {
  const bodies = graph.node.flatMap(({ attribute }) =>
    attribute.flatMap(({ g }) => (g === undefined ? [] : [g])),
  );
  return [graph, ...bodies.flatMap(graphsOf)];
}
