import type { Fields, UniformStruct } from "./uniform-struct.js";

/** The binding of a kernel's first storage buffer; those before it are uniform buffers. */
export const FIRST_STORAGE_BINDING = 2;

/** A storage buffer of a kernel, by the name that its WGSL gives it. */
export interface StorageBinding {
  readonly name: string;
  readonly access: "read" | "write";
}

/**
 * A WGSL program. Binding 0 holds the dimensions of one command, where the kernel has some; binding 1 the step's
 * uniforms, with a dynamic offset; its storage buffers follow.
 */
export interface Kernel<Dims extends Fields = Fields> {
  readonly name: string;
  readonly code: string;
  /** Of bindings 2 and on, in order. */
  readonly bindings: readonly StorageBinding[];
  readonly dims: UniformStruct<Dims>;
  readonly stepUniforms: UniformStruct;
}

/** Values of `override` constants. */
export type Constants = Readonly<Record<string, number>>;
