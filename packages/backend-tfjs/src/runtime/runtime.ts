import { UnsupportedError } from "@nin/backend";
import type { Operators } from "../operators/operators.js";
import { BACKEND_ID } from "./backend-id.js";
import type { DeviceTensor, TensorFlow } from "./tensorflow.js";

/** What a device brings. */
export interface RuntimeOptions {
  /** `tensorflow`, `webgpu`, `cpu`. */
  readonly device: string;
  /** The device's name among TensorFlow.js's own backends. */
  readonly engineBackend: string;
  readonly tf: TensorFlow;
  readonly operators: Operators;
  /** Those in mixed precision; undefined, or absent, where the device has none. */
  readonly mixedOperators?: () => Operators | undefined;
  /** What the largest activation of a micro-batch may take. Units: bytes. */
  readonly microBatchBytes: number;
  /** As in `Model.realization`: what numbers depend on besides the device's name; nothing by default. */
  readonly realization?: Readonly<Record<string, string>>;
}

/** Anything that `tidy` keeps: tensors, in objects and arrays. */
export type Kept =
  | undefined
  | DeviceTensor
  | readonly Kept[]
  | { readonly [name: string]: Kept | number | string };

/** A device of TensorFlow.js. */
export class Runtime implements RuntimeOptions {
  readonly device: string;
  readonly engineBackend: string;
  readonly tf: TensorFlow;
  readonly operators: Operators;
  readonly mixedOperators: () => Operators | undefined;
  readonly microBatchBytes: number;
  readonly realization: Readonly<Record<string, string>>;

  constructor(options: RuntimeOptions) {
    this.device = options.device;
    this.engineBackend = options.engineBackend;
    this.tf = options.tf;
    this.operators = options.operators;
    this.mixedOperators = options.mixedOperators ?? (() => undefined);
    this.microBatchBytes = options.microBatchBytes;
    this.realization = options.realization ?? {};
  }

  /**
   * This device in mixed precision.
   *
   * @throws `UnsupportedError` where it has none.
   */
  mixed(): Runtime {
    const operators = this.mixedOperators();
    if (operators === undefined) {
      const expected = "f32; `tensorflow` has it on processors with AVX-512";
      throw new UnsupportedError(BACKEND_ID, `precision mixed on ${this.device}`, expected);
    }
    return new Runtime({ ...this, operators, realization: { ...this.realization, factors: "bfloat16" } });
  }

  /**
   * Runs work on this device, and frees all it made but what it returns. All copies of TensorFlow.js in
   * a process have one engine, and that has one active backend: whoever computes sets it first.
   */
  tidy<Result extends Kept>(work: () => Result): Result {
    const { tf, engineBackend } = this;
    // Resolved at once where the backend has been started, as it is here.
    if (tf.getBackend() !== engineBackend) void tf.setBackend(engineBackend);
    return tf.tidy(work as () => never) as Result;
  }
}
