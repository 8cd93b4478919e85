import { ATTRIBUTE_TYPES, ELEMENT_TYPES, encodeModel } from "./onnx-schema.js";

export type ElementType = keyof typeof ELEMENT_TYPES;

/** A number, or the name of an extent that is known only when the graph runs. */
export type Dimension = number | string;

/** A tensor in a graph, by name. Every value knows its type and shape. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** An operator's attribute, tagged with its ONNX type. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly graph: GraphBuilder };

/** What distinguishes the runtimes that a graph may be written for. */
export interface Dialect {
  /** Whether `com.microsoft.FusedMatMul` (products of transposed operands) has a kernel. */
  readonly fusedMatMul: boolean;
  /** Whether `Relu` makes 0 of NaN; it is written in another way then. */
  readonly reluDropsNan?: boolean;
  /** How a long sum of products, such as a weight gradient, is cut, so that the whole device works on it; not at all without. */
  readonly longSums?: LongSums;
}

/** A sum of at least `minTerms` is cut into parts: as few as leave none with more than `maxTerms`. */
export interface LongSums {
  readonly minTerms: number;
  readonly maxTerms: number;
  readonly maxParts: number;
}

export type ConstantData = Float32Array | Int32Array | BigInt64Array;

interface NodeRecord {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/**
 * ONNX 1.13. A provider's kernel without a last version is taken for exactly the version of the
 * operator that it was written for: at opset 21 ONNX Runtime's CUDA provider would leave `Scan`,
 * `Pad`, `Identity` and `ConstantOfShape` to the CPU; at 18 it has every operator used here.
 */
const OPSET = 18;
const IR_VERSION = 8;

/** Small constants that are equal share one initializer. */
const SHARED_CONSTANT_BYTES = 256;

/**
 * Writes one ONNX graph, node by node. Every value carries its type and shape, which go into the
 * model, so that ONNX's checker compares them with its own inference.
 */
export class GraphBuilder {
  readonly #nodes: NodeRecord[] = [];
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  readonly #constants: { readonly value: Value; readonly bytes: Uint8Array }[] = [];
  readonly #shared = new Map<string, Value>();
  readonly #names: { next: number };
  /** What is being written: the first part of the names of nodes, by which a profile is read. */
  scope = "";

  constructor(
    readonly dialect: Dialect,
    names: { next: number } = { next: 0 },
  ) {
    this.#names = names;
  }

  /** A graph for the body of a `Scan` or `Loop`: it sees this one's values, and shares its names. */
  subgraph(): GraphBuilder {
    return new GraphBuilder(this.dialect, this.#names);
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value = { name, type, shape };
    this.#inputs.push(value);
    return value;
  }

  /** A value that nothing gives yet: a body's input, before `declareInput` says which one. */
  placeholder(type: ElementType, shape: readonly Dimension[]): Value {
    return { name: this.#fresh("input"), type, shape };
  }

  /** Makes placeholders the graph's next inputs, in this order. */
  declareInputs(values: readonly Value[]): void {
    for (const value of values) this.#inputs.push(value);
  }

  /**
   * Makes a value one of the graph's results, under its own name, or `name` where one is given.
   * What no node of this graph gives, or is a result already, is passed on by a node of its own.
   */
  output(value: Value, name?: string): Value {
    const isOwn = this.#nodes.some((node) => node.outputs.includes(value));
    const isFree = isOwn && name === undefined && !this.#outputs.includes(value);
    const result = isFree ? value : this.#renamed(value, name);
    this.#outputs.push(result);
    return result;
  }

  /** An initializer. Small ones that are equal are one, unless they are named. */
  constant(data: ConstantData, shape: readonly number[], name?: string): Value {
    const type: ElementType =
      data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "int64";
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const isShared = name === undefined && bytes.length <= SHARED_CONSTANT_BYTES;
    const key = !isShared ? undefined : `${type}[${shape.join()}]${bytes.join()}`;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const value = { name: name ?? this.#fresh("constant"), type, shape };
    this.#constants.push({ value, bytes });
    if (key !== undefined) this.#shared.set(key, value);
    return value;
  }

  /** A node with any number of results, whose types and shapes the caller knows. */
  nodes(
    opType: string,
    inputs: readonly Value[],
    results: readonly Pick<Value, "type" | "shape">[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): readonly Value[] {
    const outputs = results.map((result) => ({ ...result, name: this.#fresh(opType) }));
    const name = `${this.scope}/${this.#fresh(opType)}`;
    this.#nodes.push({
      name,
      opType,
      domain,
      inputs: inputs.map((input) => input.name),
      outputs,
      attributes,
    });
    return outputs;
  }

  /** A node with one result. */
  node(
    opType: string,
    inputs: readonly Value[],
    result: Pick<Value, "type" | "shape">,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): Value {
    const [output] = this.nodes(opType, inputs, [result], attributes, domain);
    if (output === undefined) throw new Error(`${opType}: a node without a result`);
    return output;
  }

  /** The operators used, those of bodies included, as `domain:type`. */
  operators(): ReadonlySet<string> {
    return new Set(
      this.#nodes.flatMap((node) => [
        `${node.domain}:${node.opType}`,
        ...Object.values(node.attributes).flatMap((attribute) =>
          "graph" in attribute ? [...attribute.graph.operators()] : [],
        ),
      ]),
    );
  }

  /** The whole as an ONNX model, serialized. */
  toModel(name: string): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: "@nin/backend-onnxruntime",
      graph: this.#toGraph(name),
      opsetImport: [
        { domain: "", version: OPSET },
        { domain: "com.microsoft", version: 1 },
      ],
    });
  }

  #toGraph(name: string): object {
    const outputs = new Set(this.#outputs.map((output) => output.name));
    return {
      name,
      node: this.#nodes.map((node) => ({
        name: node.name,
        opType: node.opType,
        domain: node.domain,
        input: node.inputs,
        output: node.outputs.map((output) => output.name),
        attribute: Object.entries(node.attributes).map(([key, attribute]) =>
          this.#toAttribute(key, attribute),
        ),
      })),
      initializer: this.#constants.map(({ value, bytes }) => ({
        name: value.name,
        dims: value.shape,
        dataType: ELEMENT_TYPES[value.type],
        rawData: bytes,
      })),
      input: this.#inputs.map(toValueInfo),
      output: this.#outputs.map(toValueInfo),
      valueInfo: this.#nodes
        .flatMap((node) => node.outputs)
        .filter((value) => !outputs.has(value.name))
        .map(toValueInfo),
    };
  }

  #toAttribute(name: string, attribute: Attribute): object {
    if ("int" in attribute) return { name, type: ATTRIBUTE_TYPES.int, i: attribute.int };
    if ("ints" in attribute) return { name, type: ATTRIBUTE_TYPES.ints, ints: attribute.ints };
    if ("float" in attribute) return { name, type: ATTRIBUTE_TYPES.float, f: attribute.float };
    if ("string" in attribute) {
      return { name, type: ATTRIBUTE_TYPES.string, s: new TextEncoder().encode(attribute.string) };
    }
    return {
      name,
      type: ATTRIBUTE_TYPES.graph,
      g: attribute.graph.#toGraph(`${name}_${this.#names.next++}`),
    };
  }

  #renamed(value: Value, name = this.#fresh("output")): Value {
    const result = { ...value, name };
    this.#nodes.push({
      name: `/${this.#fresh("Identity")}`,
      opType: "Identity",
      domain: "",
      inputs: [value.name],
      outputs: [result],
      attributes: {},
    });
    return result;
  }

  #fresh(stem: string): string {
    this.#names.next += 1;
    return `${stem}_${this.#names.next}`;
  }
}

function toValueInfo(value: Value): object {
  const dim = value.shape.map((extent) =>
    typeof extent === "number" ? { dimValue: extent } : { dimParam: extent },
  );
  return { name: value.name, type: { tensorType: { elemType: ELEMENT_TYPES[value.type], shape: { dim } } } };
}
