import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";

/** An attribute of a TensorFlow operator, as the native library takes it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** TensorFlow's number of bfloat16, which the addon has no name for. */
const TF_BFLOAT16 = 14;

/** Types of tensors that TensorFlow.js has no name for are float32 to it: its own operators refuse them. */
export type NativeType = "float32" | "bfloat16" | "int32" | "int64";

/** What the native addon says of a tensor. */
interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The addon of tfjs-node: its operators by name, and the numbers of its types. */
interface NativeBinding {
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): readonly TensorMetadata[];
  deleteTensor(id: number): void;
}

/** The parts of tfjs-node's backend that run an operator of TensorFlow by its name. */
interface NativeBackend {
  readonly binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: {
    set(dataId: object, data: object): void;
    get(dataId: object): { readonly dtype: number };
  };
  getInputTensorIds(tensors: readonly DeviceTensor[]): readonly number[];
}

/** Runs TensorFlow's own operators, those too that TensorFlow.js has no name for. */
export class NativeExecutor {
  readonly #tf: TensorFlow;
  readonly #backend: NativeBackend;

  constructor(tf: TensorFlow) {
    this.#tf = tf;
    this.#backend = tf.findBackend("tensorflow") as unknown as NativeBackend;
  }

  get onGpu(): boolean {
    return this.#backend.isUsingGpuDevice;
  }

  /** Runs an operator of one output. */
  run(name: string, attributes: readonly Attribute[], inputs: readonly DeviceTensor[]): DeviceTensor {
    const [output] = this.runAll(name, attributes, inputs, 1);
    if (output === undefined) throw new Error(`tfjs: ${name} gave nothing`);
    return output;
  }

  /** Runs an operator of several outputs. */
  runAll(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly DeviceTensor[],
    outputs: number,
  ): readonly DeviceTensor[] {
    const ids = this.#backend.getInputTensorIds(inputs);
    return this.#backend.binding
      .executeOp(name, attributes, ids, outputs)
      .map((metadata) => this.#tensorOf(metadata));
  }

  int(name: string, value: number | readonly number[]): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_INT, value };
  }

  string(name: string, value: string): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_STRING, value };
  }

  bool(name: string, value: boolean): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_BOOL, value };
  }

  type(name: string, value: NativeType): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_TYPE, value: this.#numberOf(value) };
  }

  /** The type of a tensor of floating-point numbers. */
  typeOf(tensor: DeviceTensor): "float32" | "bfloat16" {
    return this.#backend.tensorMap.get(tensor.dataId).dtype === TF_BFLOAT16 ? "bfloat16" : "float32";
  }

  /** The values in another type; the tensor itself where it has it. */
  cast(tensor: DeviceTensor, to: "float32" | "bfloat16"): DeviceTensor {
    const from = this.typeOf(tensor);
    if (from === to) return tensor;
    return this.run("Cast", [this.type("SrcT", from), this.type("DstT", to)], [tensor]);
  }

  #numberOf(type: NativeType): number {
    const { TF_FLOAT, TF_INT32, TF_INT64 } = this.#backend.binding;
    return { float32: TF_FLOAT, bfloat16: TF_BFLOAT16, int32: TF_INT32, int64: TF_INT64 }[type];
  }

  /** As tfjs-node's own, without its warning on the console that int64 is not TensorFlow.js's. */
  #tensorOf({ id, shape, dtype }: TensorMetadata): DeviceTensor {
    const dataId = {};
    this.#backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
    const { TF_FLOAT } = this.#backend.binding;
    const name = dtype === TF_FLOAT || dtype === TF_BFLOAT16 ? "float32" : "int32";
    return this.#tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: name });
  }
}
