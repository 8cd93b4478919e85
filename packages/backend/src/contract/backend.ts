import type { Architecture, Preprocessing } from "@nin/spec";
import type { Model } from "./model.js";

/** A runtime that realizes and trains architectures. Importing one starts nothing. */
export interface Backend {
  /** `onnxruntime`, `reference`: the name users pick it by. */
  readonly id: string;
  /** What it does otherwise than most; the conformance suite checks that it says so. */
  readonly capabilities?: BackendCapabilities;
  /** Conformance cases that fail for a reason that is known: one that passes nevertheless is a failure. */
  readonly expectedFailures?: readonly ExpectedFailure[];
  /** Every device the backend knows, usable here or not; the first that is usable is the default. */
  devices(options?: DeviceListOptions): Promise<readonly Device[]>;
  /**
   * The versions of the software that it computes with, by package name: `{ "onnxruntime-node": "1.30.0" }`. Nothing is
   * started to find out; a package that is not installed is not named.
   *
   * @param device - where devices differ in their software, that of this one; by default that of the usual one
   */
  versions(device?: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Realizes an architecture. Its parameters are zeros until `writeParameters`.
   *
   * @throws `DeviceUnavailableError`; `UnsupportedError` for a device, precision, arithmetic of convolutions, `maxBatch` or
   * number of image channels that it does not have; `SpecError` for a mean or deviation of another number of channels.
   * Never falls back to another device.
   */
  compile(architecture: Architecture, options?: CompileOptions): Promise<Model>;
  /** What its searches for the fastest way to compute a layer have found out on this machine; absent when it makes none. */
  tuning?(): Promise<readonly TunedLayer[]>;
}

/** What a search found out about one layer. */
export interface TunedLayer {
  /** The device's name, as it calls itself. */
  readonly device: string;
  readonly precision: Precision;
  /** The layer's shape, and that of its batch, for a person. */
  readonly layer: string;
  /** The name of the way that is used. */
  readonly chosen: string;
  /** Of each way that was timed, by name; null: it gave wrong numbers. Units: ms. */
  readonly times: Readonly<Record<string, number | null>>;
}

/** What a backend says of itself. */
export interface BackendCapabilities {
  /**
   * Whether the same calls give the same bits on the same device and threads; true by default. One that
   * says false is held to closeness instead.
   */
  readonly deterministic?: boolean;
  /** How it can compute convolutions; `exact` alone by default. */
  readonly convolutions?: readonly ConvolutionArithmetic[];
}

/** Conformance cases that a backend is known to fail. */
export interface ExpectedFailure {
  /** A case's id, or its beginning and `*`. */
  readonly case: string;
  /** Where it fails; on every device by default. */
  readonly device?: string;
  /** Why, for a person: what is wrong where, and where that is reported. */
  readonly reason: string;
}

/** What is asked of a list of devices. */
export interface DeviceListOptions {
  /**
   * Whether devices have their `details`; false by default. It may open them, which takes seconds, and
   * one that cannot be opened is then not available.
   */
  readonly details?: boolean;
}

/** A device of a backend, and whether it can be used on this machine. */
export interface Device {
  /** `cpu`, `cuda`, `webgpu`. */
  readonly id: string;
  /** What it is, for a person: a processor's or an adapter's name. */
  readonly name: string;
  readonly available: boolean;
  /** Why it is not available, and what to do about it. */
  readonly reason?: string;
  /** What it physically is; absent where that is not known, as of a device that is not there. */
  readonly hardware?: Hardware;
  /** What its mixed precision rounds the factors of products to; `float16` where it has one and does not say. */
  readonly mixedFactors?: MixedFactors;
  /** What the backend knows of it, where that was asked for and it is available. */
  readonly details?: readonly DeviceDetail[];
}

/** What a device physically computes on: two devices of equal hardware share one piece of it. */
export interface Hardware {
  /** The processor, also where a graphics driver computes on it; or a GPU. */
  readonly kind: "cpu" | "gpu";
  /** The model's own name, as stable as its maker's driver leaves it: `NVIDIA H200`. */
  readonly name: string;
  /**
   * How it is reached, where there is more than one way: `cuda`, or the software rasterizer that computes on the
   * processor, `lavapipe` or `swiftshader`.
   */
  readonly driver?: string;
}

/** Something that a backend knows of a device: a version, a limit, a list of features. */
export interface DeviceDetail {
  /** `threads`; what a runtime names is named so: `maxBufferSize`. */
  readonly name: string;
  readonly value: string | number | boolean | readonly string[];
  /** Of a number; none for a count. */
  readonly unit?: "bytes";
}

/**
 * `f32`, or `mixed`: both factors of every product of a convolution are rounded to 16 bits, to which type says the device's
 * `mixedFactors`.
 */
export type Precision = "f32" | "mixed";

/** Types of 16 bits: 10 bits of fraction and a small range, or 7 bits and float32's range. */
export type MixedFactors = "float16" | "bfloat16";

/**
 * How convolutions are computed in float32: `exact` rounds as the direct sum does; `fast` may be quicker and rounds about ten
 * times as coarsely (Winograd's algorithm with points such as 2 and 1/2). The suite has tolerances of its own for it.
 */
export type ConvolutionArithmetic = "exact" | "fast";

/** How a model is realized. */
export interface CompileOptions {
  /** A device id; by default the backend's first available one. */
  readonly device?: string;
  /** `f32` by default. */
  readonly precision?: Precision;
  /** `exact` by default. */
  readonly convolution?: ConvolutionArithmetic;
  /** The largest number of images in any batch; 128 by default. */
  readonly maxBatch?: number;
  /**
   * Threads of a CPU device: by default as many as can run at once, at most four times that many. Backends and devices
   * without threads of their own do not heed it.
   */
  readonly threads?: number;
  /** What `images` and `indices` batches hold, and how they become inputs. Without it only `input` batches work. */
  readonly imageFormat?: ImageFormat;
}

/** Images as bytes, and their way into the network: resize to its input, scale to [0,1], normalize. */
export interface ImageFormat {
  /** 1, repeated for a network of 3 channels, or the network's own number. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly preprocessing: Preprocessing;
}
