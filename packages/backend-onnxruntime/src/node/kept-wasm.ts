import { readFile } from "node:fs/promises";
import { requireFrom } from "@nin/files";
import { WEB_RUNTIME } from "./peers.js";

/** The file that onnxruntime-web's build for Node instantiates. */
const FILE = `${WEB_RUNTIME.name}/ort-wasm-simd-threaded.wasm`;

/** As much of Node's `WebAssembly` as is used: its types come with those of a page. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/**
 * Keeps the runtime's WebAssembly compiled between models. V8 compiles bytes once in a process, for all threads, as long
 * as one of them has the result: without it each model's thread compiles 14 MB anew, which takes longer than all else that
 * compiling a small model does.
 */
export class KeptWasm {
  #module: Promise<object | undefined> | undefined;

  /** Begins to compile it when it is asked for the first time. Threads that start meanwhile share the work. */
  keep(): void {
    this.#module ??= compiled();
  }
}

/** Nothing where the file is not found, as in a bundle: the runtime itself reports what it lacks. */
async function compiled(): Promise<object | undefined> {
  try {
    return await WebAssembly.compile(await readFile(requireFrom(import.meta.url).resolve(FILE)));
  } catch {
    return undefined;
  }
}
