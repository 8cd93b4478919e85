import { InternalError, present } from "@nin/spec";
import { FIRST_STORAGE_BINDING, type Kernel, type StorageBinding } from "../device/kernel.js";
import { type Fields, type UniformStruct, uniformStruct } from "../device/uniform-struct.js";
import type { Command, Workgroups } from "../program/command.js";
import { stepUniforms } from "./step-uniforms.js";

/** The dimensions of a kernel that asks for none. */
export const NO_DIMS = uniformStruct({});

/** The parts of a kernel. */
export interface KernelParts<Dims extends Fields> {
  readonly name: string;
  /** Its `dims`. */
  readonly dims: UniformStruct<Dims>;
  /** WGSL, in order. `@binding(2)` and on are its storage buffers. */
  readonly code: readonly string[];
  /** WGSL that must come before all declarations: `enable f16;`. */
  readonly directives?: string;
}

/**
 * Puts a kernel together: its own WGSL after the declarations of `uniforms`, which all kernels have, and of `dims`.
 * Which storage buffers it has, and whether it writes to them, is read from the WGSL.
 */
export function kernel<Dims extends Fields>({
  name,
  dims,
  code,
  directives = "",
}: KernelParts<Dims>): Kernel<Dims> {
  const text = code.join("");
  const declared = dims.sizeBytes > 0 ? dims.declare("dims", 0) : "";
  return {
    name,
    code: `${directives}${stepUniforms.declare("uniforms", 1)}${declared}${text}`,
    bindings: storageBindings(text),
    dims,
    stepUniforms,
  };
}

const STORAGE = /@binding\((\d+)\) var<storage, (read|read_write)> (\w+):/g;

function storageBindings(code: string): readonly StorageBinding[] {
  return [...code.matchAll(STORAGE)].map(([text, binding, access, name], index): StorageBinding => {
    if (Number(binding) !== FIRST_STORAGE_BINDING + index) {
      throw new InternalError(`"${text}" is not binding ${FIRST_STORAGE_BINDING + index}`);
    }
    return { name: present(name), access: access === "read" ? "read" : "write" };
  });
}

/** A command, its `dims` being those of its kernel. */
export function command<Dims extends Fields>(parts: Command<Dims>): Command {
  return parts;
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
