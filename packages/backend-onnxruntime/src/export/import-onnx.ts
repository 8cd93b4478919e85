import { NinError } from "@nin/backend";
import { elementCount, shownText } from "@nin/spec";
import protobuf from "protobufjs/minimal.js";

/** A weight as a model stores it. */
export interface OnnxTensor {
  readonly dtype: "F32" | "F64" | "F16" | "BF16";
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** What is read of an ONNX model. */
export interface OnnxWeights {
  /** Its initializers of floating-point numbers, by name. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** Its `metadata_props`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Bytes that are no whole ONNX model, or one whose weights are elsewhere. `code` is `NIN_ONNX`. */
export class OnnxModelError extends NinError {
  constructor(source: string, problem: string, options?: ErrorOptions) {
    super("NIN_ONNX", `${shownText(source, 4096)}: ${problem}`, options);
  }
}

/** By ONNX's number for the type. */
const FLOATS: ReadonlyMap<number, { readonly dtype: OnnxTensor["dtype"]; readonly sizeBytes: number }> =
  new Map([
    [1, { dtype: "F32", sizeBytes: 4 }],
    [10, { dtype: "F16", sizeBytes: 2 }],
    [11, { dtype: "F64", sizeBytes: 8 }],
    [16, { dtype: "BF16", sizeBytes: 2 }],
  ]);

/** Field numbers of ONNX's schema. */
const MODEL = { graph: 7, metadataProps: 14 } as const;
const INITIALIZER = 5;
const TENSOR = { dims: 1, dataType: 2, floatData: 4, name: 8, rawData: 9, dataLocation: 14 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const EXTERNAL = 1;
/** The wire type of bytes, texts, messages and packed numbers. */
const DELIMITED = 2;

/**
 * The weights of an ONNX model by name, and its metadata: of one that `exportOnnx` wrote, and of others that keep
 * PyTorch's names.
 *
 * @param source the name of the file, with which messages begin
 * @throws `OnnxModelError` for bytes that are no whole model, or weights in a file of their own
 */
export function readOnnxWeights(bytes: Uint8Array, source = "ONNX"): OnnxWeights {
  const tensors = new Map<string, OnnxTensor>();
  const metadata = new Map<string, string>();
  let graphs = 0;
  try {
    readMessage(bytes, {
      [MODEL.graph]: (reader) => {
        graphs += 1;
        readMessage(reader.bytes(), {
          [INITIALIZER]: (graph) => {
            const tensor = readTensor(graph.bytes(), source);
            if (tensor !== undefined) tensors.set(tensor.name, tensor);
          },
        });
      },
      [MODEL.metadataProps]: (reader) => {
        const [key, value] = readEntry(reader.bytes());
        metadata.set(key, value);
      },
    });
  } catch (error) {
    if (error instanceof OnnxModelError) throw error;
    throw new OnnxModelError(source, "expected a whole ONNX model, got a damaged one or another file", {
      cause: error,
    });
  }
  if (graphs !== 1) throw new OnnxModelError(source, "expected an ONNX model, got a file without a graph");
  return { tensors, metadata };
}

/** Calls the function of each field, which must read it; skips the others. */
function readMessage(
  bytes: Uint8Array,
  fields: Readonly<Record<number, (reader: protobuf.Reader, wireType: number) => void>>,
): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    const read = fields[key >>> 3];
    if (read === undefined) reader.skipType(key & 7);
    else read(reader, key & 7);
  }
}

/** Undefined for one that does not hold floating-point numbers. */
function readTensor(bytes: Uint8Array, source: string): (OnnxTensor & { readonly name: string }) | undefined {
  let [dataType, location, name] = [0, 0, ""];
  const shape: number[] = [];
  let raw: Uint8Array = new Uint8Array(0);
  let floats: Uint8Array | undefined;
  readMessage(bytes, {
    [TENSOR.dims]: (reader, wireType) => {
      const end = wireType === DELIMITED ? reader.uint32() + reader.pos : reader.pos + 1;
      while (reader.pos < end) shape.push(Number(reader.int64()));
    },
    [TENSOR.dataType]: (reader) => {
      dataType = reader.int32();
    },
    // Packed, as all writers do: little-endian like the raw data.
    [TENSOR.floatData]: (reader) => {
      floats = reader.bytes();
    },
    [TENSOR.name]: (reader) => {
      name = reader.string();
    },
    [TENSOR.rawData]: (reader) => {
      raw = reader.bytes();
    },
    [TENSOR.dataLocation]: (reader) => {
      location = reader.int32();
    },
  });
  const type = FLOATS.get(dataType);
  if (type === undefined) return undefined;
  const named = `tensor ${shownText(name)}`;
  if (location === EXTERNAL) {
    throw new OnnxModelError(
      source,
      `${named} is in a file of its own: save the model with its weights inside, by onnx.save(onnx.load(...))`,
    );
  }
  const data = floats !== undefined && dataType === 1 ? floats : raw;
  const expected = elementCount(shape) * type.sizeBytes;
  if (data.length !== expected) {
    const text = `[${shape.slice(0, 8).join(", ")}]`;
    throw new OnnxModelError(source, `${named}: ${text} takes ${expected} bytes, got ${data.length}`);
  }
  return { name, dtype: type.dtype, shape, bytes: data };
}

function readEntry(bytes: Uint8Array): readonly [key: string, value: string] {
  let [key, value] = ["", ""];
  readMessage(bytes, {
    [ENTRY.key]: (reader) => {
      key = reader.string();
    },
    [ENTRY.value]: (reader) => {
      value = reader.string();
    },
  });
  return [key, value];
}
