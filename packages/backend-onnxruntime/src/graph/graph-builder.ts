import type { ConvolutionArithmetic } from "@nin/backend";
import { at } from "@nin/spec";
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

/** What distinguishes the runtimes that a graph may be written for, and how it may round. */
export interface Dialect {
  /** Whether `com.microsoft.FusedMatMul` (`MatMul` of transposed operands) has a kernel. */
  readonly fusedMatMul: boolean;
  /** Whether the provider's `Relu` turns NaN into 0; `LeakyRelu` replaces it then. */
  readonly reluDropsNan?: boolean;
  /**
   * Whether `Relu` and `HardSigmoid` are slow, and `Max` and `Sign` replace them: in ONNX Runtime's WebAssembly build
   * their loops are not vectorized when they write where they read: 6 ns an element in place of 0.3.
   */
  readonly slowActivations?: boolean;
  /** How a `MatMul` with a long inner axis, such as a weight gradient, is split so that it occupies the whole device; by default it is not split. */
  readonly longSums?: LongSums;
  /** A weight gradient with more rows than columns, a multiple of this number of rows, is computed transposed; never by default. */
  readonly wideColumns?: number;
  /** `exact` by default. */
  readonly convolution?: ConvolutionArithmetic;
}

/** A sum of at least `minTerms` terms is split into as few equal parts as possible, of at most `maxTerms` each. */
export interface LongSums {
  readonly minTerms: number;
  readonly maxTerms: number;
  readonly maxParts: number;
}

export type ConstantData = Float32Array | Int32Array | BigInt64Array;

/** What a model says of itself, besides its graph. */
export interface ModelInfo {
  readonly metadata?: ReadonlyMap<string, string>;
  /** Of the software that writes it. */
  readonly version?: string;
}

/** A node as it was written. */
export interface NodeRecord {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What a graph consists of. */
export interface GraphContent {
  readonly nodes: readonly NodeRecord[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants: readonly Value[];
}

/**
 * ONNX 1.13. A provider's kernel that is registered without an end version matches only the operator version it
 * was registered for: at opset 21 ONNX Runtime's CUDA provider would leave `Scan`, `Pad`, `Identity` and
 * `ConstantOfShape` to the CPU; at 18 it has a kernel for every operator used here.
 */
const OPSET = 18;
const IR_VERSION = 8;
/** The domain of ONNX Runtime's own operators. */
const MICROSOFT = "com.microsoft";

/** Equal constants of up to this size share one initializer. Units: bytes. */
const SHARED_CONSTANT_BYTES = 256;

/**
 * Writes one ONNX graph, node by node. Every value carries its type and shape, which are stored in the model, so
 * that ONNX's checker can compare them with what it infers.
 */
export class GraphBuilder {
  readonly #nodes: NodeRecord[] = [];
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  readonly #constants: { readonly value: Value; readonly bytes: Uint8Array }[] = [];
  readonly #shared = new Map<string, Value>();
  readonly #names: { next: number };
  /** Prefix of the names of the nodes written next, by which a profile can be read. */
  scope = "";

  constructor(
    readonly dialect: Dialect,
    names: { next: number } = { next: 0 },
  ) {
    this.#names = names;
  }

  /** A graph for the body of a `Scan` or `Loop`. It can refer to this graph's values, and names are unique across both. */
  subgraph(): GraphBuilder {
    return new GraphBuilder(this.dialect, this.#names);
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value = { name, type, shape };
    this.#inputs.push(value);
    return value;
  }

  /** A value that no node produces yet: an input of a body, until `declareInputs` adds it to the inputs. */
  placeholder(type: ElementType, shape: readonly Dimension[]): Value {
    return { name: this.#fresh("input"), type, shape };
  }

  /** Appends placeholders to the graph's inputs, in this order. */
  declareInputs(values: readonly Value[]): void {
    for (const value of values) this.#inputs.push(value);
  }

  /**
   * Makes a value one of the graph's outputs, under its own name or under `name`. A value that no node of this
   * graph produces, or that is an output already, is passed through an `Identity` node.
   */
  output(value: Value, name?: string): Value {
    const isOwn = this.#nodes.some((node) => node.outputs.includes(value));
    const isFree = isOwn && name === undefined && !this.#outputs.includes(value);
    const result = isFree ? value : this.#renamed(value, name);
    this.#outputs.push(result);
    return result;
  }

  /** An initializer. Small equal constants share one, unless they are named. */
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

  /** A node with any number of outputs, whose types and shapes the caller gives. */
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

  /** A node with one output, whose type and shape the caller gives. */
  node(
    opType: string,
    inputs: readonly Value[],
    result: Pick<Value, "type" | "shape">,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): Value {
    return at(this.nodes(opType, inputs, [result], attributes, domain), 0);
  }

  /** What was written so far, for whoever reckons with a graph instead of running it. */
  content(): GraphContent {
    const constants = this.#constants.map(({ value }) => value);
    return { nodes: this.#nodes, inputs: this.#inputs, outputs: this.#outputs, constants };
  }

  /** The operators used in this graph and its bodies, as `domain:type`. */
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

  /**
   * The graph as a serialized ONNX model.
   *
   * @param name the graph's name
   * @param about what the model says of itself
   */
  toModel(name: string, { metadata = new Map(), version }: ModelInfo = {}): Uint8Array {
    const needsMicrosoft = [...this.operators()].some((operator) => operator.startsWith(`${MICROSOFT}:`));
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: "@nin/backend-onnxruntime",
      producerVersion: version,
      graph: this.#toGraph(name),
      opsetImport: [
        { domain: "", version: OPSET },
        ...(needsMicrosoft ? [{ domain: MICROSOFT, version: 1 }] : []),
      ],
      metadataProps: [...metadata].map(([key, value]) => ({ key, value })),
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
