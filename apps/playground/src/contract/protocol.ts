import type { Architecture, Recipe, Tensor } from "@nin/spec";
import type { ClassEvidence, ClassMaps, FilterBank, MetricsLine, RunConfig } from "@nin/training";

/** A device as the page shows it. */
export interface ListedDevice {
  readonly backend: string;
  readonly device: string;
  /** `WebGPU: Apple M2`. */
  readonly label: string;
  readonly available: boolean;
  /** Why it is not available, and what to do about it. */
  readonly reason?: string;
  /** Whether a graphics driver computes on the processor. */
  readonly isSoftware: boolean;
}

/** Where the images come from. */
export type DataRequest =
  | { readonly kind: "synthetic" }
  /** Fashion-MNIST, from the server of the page. */
  | { readonly kind: "fashion-mnist"; readonly limit?: number }
  /** Files that were dropped; pictures become images of the network's size. */
  | {
      readonly kind: "files";
      readonly name: string;
      readonly files: readonly DroppedFile[];
      readonly channels: number;
      readonly height: number;
      readonly width: number;
    }
  /** A set that is kept in the page's storage, by its key. */
  | { readonly kind: "stored"; readonly key: string };

/** A file and its path below what was dropped. */
export interface DroppedFile {
  readonly file: File;
  readonly path: string;
}

/** What the page knows of a data set. */
export interface DataDescription {
  /** `fashion-mnist`, `synthetic`, or the key of a stored one: equal for equal data. */
  readonly key: string;
  readonly name: string;
  readonly classNames: readonly string[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly trainCount: number;
  readonly testCount: number;
  /** The first test images: shape [count, channels, height, width]. */
  readonly sampleImages: Uint8Array;
  readonly sampleLabels: readonly number[];
}

/** What a new run is made of. */
export interface StartRequest {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  /** Whether epochs and warm-up are suited to the number of training images, as `nin train` does it. */
  readonly isSized: boolean;
  /** The epochs that were asked for. */
  readonly epochs?: number;
  readonly data: DataRequest;
  readonly backend: string;
  readonly device: string;
  /** The number of steps to do; to the end without it. 0 has the network with its first weights, to look inside. */
  readonly steps?: number;
  /** Begins with the weights that were dropped last, instead of random ones. */
  readonly fromWeights?: boolean;
}

/** What files that were dropped turned out to be. */
export type Imported =
  | { readonly kind: "run"; readonly run: string; readonly warnings: readonly string[] }
  /** Weights, with what they say of themselves. */
  | { readonly kind: "weights"; readonly name: string; readonly architecture?: Architecture };

/** How a run is continued. */
export interface ContinueRequest {
  readonly run: string;
  readonly backend: string;
  readonly device: string;
  /** The number of steps to do; to the end of the run without it. 0 has its network, to look inside. */
  readonly steps?: number;
  readonly learningRate?: number;
}

/** What is to be looked at inside the network. */
export interface LookRequest {
  /** An image of the data's size. Shape: [channels, height, width]. */
  readonly pixels: Uint8Array;
  /** The entry of the architecture whose output is wanted: `net.3`. */
  readonly layer?: string;
  readonly wantsFilters: boolean;
}

/** What is inside, of one image. */
export interface Look {
  /** Steps done when it was computed. */
  readonly step: number;
  readonly layer?: string;
  readonly output?: Tensor;
  readonly scores: Float32Array;
  readonly maps?: ClassMaps;
  readonly evidence?: ClassEvidence;
  readonly filters?: FilterBank;
}

export interface RunFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** What the page asks of the worker, with what it answers. */
export interface Calls {
  /** The first call: where the server has data, as a URL that ends in a slash. */
  configure(dataFolder: string): void;
  devices(): readonly ListedDevice[];
  loadData(request: DataRequest): DataDescription;
  /** The id of the new run; answers once it trains. */
  start(request: StartRequest): string;
  /** Answers once it trains. */
  continue(request: ContinueRequest): void;
  /** Answers once the state is kept. */
  pause(): void;
  setLearningRate(rate: number): void;
  /** Ends with the run, whose state is not kept any further. */
  close(): void;
  look(request: LookRequest): Look | undefined;
  /** From then on, looks are sent while a network trains; nothing with undefined. */
  watch(request: LookRequest | undefined): void;
  download(run: string, kind: "safetensors" | "onnx" | "folder"): RunFile;
  /** Reads the files of a run folder, or a zip of one, or weights. */
  importFiles(files: readonly DroppedFile[]): Imported;
}

export type CallName = keyof Calls;

export interface CallMessage {
  readonly id: number;
  readonly name: CallName;
  readonly given: readonly unknown[];
}

/** What a run is doing. */
export type RunPhase = "preparing" | "training" | "paused" | "finished" | "failed";

/** Where the run stands that the worker has. */
export interface RunStatus {
  readonly run: string;
  readonly phase: RunPhase;
  readonly step: number;
  readonly lastStep: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  /** Over the last steps; 0 before them. */
  readonly imagesPerSecond: number;
  readonly elapsedMs: number;
  readonly loss?: number;
  /** What the device is doing, where that is not training: `compiling`. */
  readonly activity?: string;
}

/** How well a network did on the first test images, while it trained. */
export interface Probe {
  readonly step: number;
  readonly accuracy: number;
}

export type WorkerEvent =
  | { readonly kind: "status"; readonly status: RunStatus }
  /** Lines of metrics since the last such event. */
  | { readonly kind: "metrics"; readonly run: string; readonly lines: readonly MetricsLine[] }
  /** The accuracy on the first test images, between two evaluations on all of them. */
  | { readonly kind: "probe"; readonly run: string; readonly probe: Probe }
  /** All lines that are left of a run that goes on from an earlier state. */
  | { readonly kind: "cut"; readonly run: string; readonly lines: readonly MetricsLine[] }
  | { readonly kind: "config"; readonly run: string; readonly config: RunConfig }
  | { readonly kind: "look"; readonly look: Look }
  /** Something that a person must know, in one sentence. */
  | { readonly kind: "problem"; readonly message: string; readonly code?: string }
  | { readonly kind: "note"; readonly message: string }
  /** The runs that are kept have changed. */
  | { readonly kind: "stored" };

export type WorkerMessage =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } }
  | { readonly events: readonly WorkerEvent[] };
