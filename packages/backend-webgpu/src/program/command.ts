import type { Constants, Kernel } from "../device/kernel.js";
import type { Fields, ValuesOf } from "../device/uniform-struct.js";

/** A tensor that lives while a program runs; `plan-memory` finds it a buffer. Compared by identity. */
export interface TensorRef {
  readonly label: string;
  readonly sizeBytes: number;
}

/** Buffers that outlive programs: a model's parameters, its gradients, what a step is fed and gives. */
export type PersistentBufferName =
  | "parameters"
  | "gradients"
  | "state0"
  | "state1"
  | "labels"
  | "losses"
  | "predictions"
  | "lossSlots"
  | "confusion"
  | "indices"
  | "augmentations"
  | "images"
  | "datasetImages"
  | "datasetLabels"
  | "floats"
  | "starts"
  | "coefficients"
  | "values";

/** A persistent buffer, or a part of it. */
export interface PersistentBufferRef {
  readonly buffer: PersistentBufferName;
  /** Units: bytes, a multiple of 256; the whole buffer without it. */
  readonly range?: { readonly offset: number; readonly sizeBytes: number };
}

export type Operand = TensorRef | PersistentBufferRef;

/** What a kernel's storage buffers are bound to, by their names in its WGSL. */
export type Operands = Readonly<Record<string, Operand>>;

export type Workgroups = readonly [x: number, y: number, z: number];

/** One dispatch of a kernel, before buffers and pipelines exist. */
export interface Command<Dims extends Fields = Fields> {
  readonly kernel: Kernel<Dims>;
  readonly constants?: Constants;
  readonly dims: ValuesOf<Dims>;
  readonly operands: Operands;
  /** For a micro-batch of this many images. */
  workgroups(imageCount: number): Workgroups;
}
