/**
 * ONNX Runtime's JavaScript API, as far as an engine uses it: what `onnxruntime-node` and `onnxruntime-web` export. The
 * types are our own, so that neither this package's core nor its users need ONNX Runtime's packages to compile.
 */
export interface OnnxRuntime {
  readonly Tensor: RuntimeTensorConstructor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: SessionOptions): Promise<RuntimeSession>;
  };
}

/** A tensor of the runtime's own class. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: object;
}

export interface RuntimeTensorConstructor {
  new (type: "float32", data: Float32Array, dims: readonly number[]): RuntimeTensor;
  new (type: "uint8", data: Uint8Array, dims: readonly number[]): RuntimeTensor;
}

/** A program that the runtime has compiled. */
export interface RuntimeSession {
  /** @param results - tensors that results are written into, and null for the runtime's own; all are the runtime's by default */
  run(
    feeds: RuntimeTensors,
    results?: { readonly [name: string]: RuntimeTensor | null },
  ): Promise<RuntimeTensors>;
  release(): Promise<void>;
}

export type RuntimeTensors = { readonly [name: string]: RuntimeTensor };

/** What a session is compiled with, by the runtime's own names. */
export interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly graphOptimizationLevel: "all";
  readonly enableMemPattern: boolean;
  readonly logSeverityLevel: 3;
  readonly enableProfiling?: boolean;
  readonly profileFilePrefix?: string;
}
