import type { Dataset, Evaluation, ImageFormat, Labels } from "@nin/backend";
import type { Architecture, Optimizer, Tensor } from "@nin/spec";

/** What a worker is started with. */
export interface EngineOptions {
  readonly architecture: Architecture;
  readonly device: DeviceId;
  readonly maxBatch: number;
  readonly threads: number;
  readonly imageFormat?: ImageFormat;
  /** Writes the runtime's profiles, which tell where each node ran, to files that start so. */
  readonly profilePrefix?: string;
}

/** The devices whose programs and runs are known: what these are made to suit, `DEVICE_TRAITS` has. */
export const DEVICE_IDS = ["cpu", "webgpu", "cuda"] as const;

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

export interface TrainingSetup {
  readonly optimizer: Optimizer;
  readonly seed: number;
  readonly firstStep: number;
  readonly dataset?: Dataset;
}

export interface EngineState {
  readonly step: number;
  readonly parameters: NamedTensors;
  readonly optimizer: NamedTensors;
}

/** A layer's output shape and parameter shapes, as the runtime gave them. */
export interface RealizedPrimitive {
  readonly name: string;
  readonly outputShape: readonly number[];
  readonly parameters: readonly (readonly [name: string, shape: readonly number[]])[];
}

/** What the worker does, by name: the main thread calls each with one argument. */
export interface EngineCalls {
  realize(): Promise<readonly RealizedPrimitive[]>;
  readParameters(): Promise<NamedTensors>;
  writeParameters(parameters: NamedTensors): Promise<void>;
  predict(batch: WholeBatch): Promise<Tensor>;
  activations(batch: WholeBatch): Promise<NamedTensors>;
  gradients(call: { batch: WholeBatch; labels: Labels }): Promise<{ loss: number; gradients: NamedTensors }>;
  openSession(setup: TrainingSetup): Promise<void>;
  closeSession(): Promise<void>;
  step(call: { batch: CheckedBatch; labels?: Labels; learningRate: number }): Promise<void>;
  evaluate(call: { batch: WholeBatch; labels: Labels }): Promise<void>;
  metrics(): Promise<{ losses: readonly number[]; evaluation: Evaluation }>;
  readState(): Promise<EngineState>;
  writeState(state: EngineState): Promise<void>;
  release(): Promise<void>;
}
