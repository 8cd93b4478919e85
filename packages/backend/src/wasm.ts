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
export * from "./wasm-module/module.js";
