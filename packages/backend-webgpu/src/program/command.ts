/** How a kernel uses a storage buffer. */
export type Access = "read" | "write";

/** A WGSL program: binding 0 its own dimensions, 1 the run's values, then storage buffers. */
export interface Kernel {
  readonly name: string;
  readonly code: string;
  /** Of bindings 2 and on. */
  readonly bindings: readonly Access[];
}

/** Values of `override` constants. */
export type Constants = Readonly<Record<string, number>>;

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
  | "images"
  | "datasetImages"
  | "datasetLabels"
  | "floats"
  | "starts"
  | "coefficients"
  | "values";

/** A region, or a part of it. */
export interface PersistentBufferRef {
  readonly buffer: PersistentBufferName;
  /** Units: bytes, a multiple of 256; all of the region without it. */
  readonly range?: { readonly offset: number; readonly sizeBytes: number };
}

export type Operand = TensorRef | PersistentBufferRef;

export type Workgroups = readonly [x: number, y: number, z: number];

/** One dispatch of a kernel, before buffers and pipelines exist. */
export interface Command {
  readonly kernel: Kernel;
  readonly constants?: Constants;
  /** The kernel's `Dims`, in order, as words. */
  readonly dims: readonly number[];
  /** Of bindings 2 and on. */
  readonly operands: readonly Operand[];
  /** For a micro-batch of this many images. */
  workgroups(imageCount: number): Workgroups;
}

/** Most workgroups along one dimension, by WebGPU's default limits. */
const MAX_WORKGROUPS = 65535;

/** Workgroups for `count` invocations of kernels that go over a flat range. */
export function flatWorkgroups(count: number, workgroupSize = 64): Workgroups {
  const groups = Math.max(1, Math.ceil(count / workgroupSize));
  if (groups <= MAX_WORKGROUPS) return [groups, 1, 1];
  const rows = Math.ceil(groups / MAX_WORKGROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

/** `count` tiles along y, their surplus along z. */
export function tiledWorkgroups(x: number, count: number): Workgroups {
  if (count <= MAX_WORKGROUPS) return [x, count, 1];
  const layers = Math.ceil(count / MAX_WORKGROUPS);
  return [x, Math.ceil(count / layers), layers];
}

/** The word that holds a float. */
export function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}
