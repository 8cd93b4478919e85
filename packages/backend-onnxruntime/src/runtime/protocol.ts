import type {
  ConvolutionArithmetic,
  EngineMetrics,
  EngineState,
  ImageFormat,
  Labels,
  LossAndGradients,
  RealizedPrimitive,
  SessionSetup,
  StepPlace,
} from "@nin/backend";
import type { Architecture, Tensor, NamedTensors as TensorsByName } from "@nin/spec";

/** What a worker is started with. */
export interface EngineOptions {
  readonly architecture: Architecture;
  readonly device: DeviceId;
  readonly maxBatch: number;
  readonly threads: number;
  /** `exact` by default. */
  readonly convolution?: ConvolutionArithmetic;
  readonly imageFormat?: ImageFormat;
  /** Writes the runtime's profiles, which tell where each node ran, to files that start so. */
  readonly profilePrefix?: string;
}

/** The devices whose programs and runs are known: what these are made to suit, `DEVICE_TRAITS` has. */
export const DEVICE_IDS = ["cpu", "webgpu", "cuda", "wasm"] as const;

export type DeviceId = (typeof DEVICE_IDS)[number];

/** Tensors by name, as messages carry them. */
export type NamedTensors = readonly (readonly [name: string, tensor: Tensor])[];

/** A batch of images whose shape was checked. */
export type WholeBatch =
  | { readonly kind: "input"; readonly count: number; readonly images: Float32Array }
  | { readonly kind: "images"; readonly count: number; readonly images: Uint8Array };

/** A batch of images, or of positions in the session's data set. */
export type CheckedBatch =
  | WholeBatch
  | { readonly kind: "indices"; readonly count: number; readonly indices: Uint32Array };

/** A batch of images with its labels. */
export interface LabelledImages {
  readonly batch: WholeBatch;
  readonly labels: Labels;
}

/** What the worker does, by name: the calls of an engine and of its session, each with one argument that a message carries. */
export interface EngineCalls {
  realize(): Promise<readonly RealizedPrimitive[]>;
  readParameters(): Promise<TensorsByName>;
  writeParameters(parameters: TensorsByName): Promise<void>;
  predict(batch: WholeBatch): Promise<Tensor>;
  activations(batch: WholeBatch): Promise<TensorsByName>;
  gradients(call: LabelledImages): Promise<LossAndGradients>;
  openSession(setup: SessionSetup): Promise<void>;
  closeSession(): Promise<void>;
  step(call: { batch: CheckedBatch; labels?: Labels; place: StepPlace }): Promise<void>;
  evaluate(call: LabelledImages): Promise<void>;
  metrics(): Promise<EngineMetrics>;
  readState(): Promise<EngineState>;
  writeState(state: EngineState): Promise<void>;
  release(): Promise<void>;
}
