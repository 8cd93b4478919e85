/**
 * What the backends write WebAssembly modules with: modules of one function that computes with vectors.
 *
 * @example
 * ```ts
 * import { advance, I32, instantiated, moduleOf } from "@nin/backend/wasm";
 *
 * const body = advance(0, 16);
 * const bytes = moduleOf({ pages: 1, name: "skip", parameters: [I32], variables: [], body });
 * console.log(instantiated(bytes) !== undefined);
 * ```
 *
 * @packageDocumentation
 */
export {
  advance,
  countDown,
  F32,
  float,
  get,
  I32,
  instantiated,
  load128,
  type ModuleContent,
  moduleOf,
  set,
  simd,
  splat128,
  store128,
  V128,
} from "./wasm-module/module.js";
