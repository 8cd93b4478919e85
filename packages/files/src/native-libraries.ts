import { constants } from "node:os";
import { requireFrom } from "./companion-module.js";

/** What a JavaScript runtime does with native libraries in its own process. */
export interface Host {
  /**
   * Loads a native library that stays as long as the process, so that a later `dlopen` of its SONAME finds it.
   *
   * @throws what the dynamic linker, or the runtime for want of a permission, says.
   */
  load(file: string): void;
  /** Whether the dynamic linker finds a native library. It is not kept. */
  finds(file: string): boolean;
  /** Sets a variable of the process's environment, where its native libraries read it. */
  setVariable(name: string, value: string): void;
}

/** glibc's RTLD_NODELETE: the library stays although `process.dlopen` closes what is not a Node addon. */
const RTLD_NODELETE = 0x1000;

const node: Host = {
  load(file) {
    try {
      process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    } catch (error) {
      // Node loads the library, then finds that it is not an addon: all that is wanted.
      if (!isNoAddon(error)) throw error;
    }
  },
  finds(file) {
    try {
      process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_LAZY);
      return true;
    } catch (error) {
      return isNoAddon(error);
    }
  },
  setVariable(name, value) {
    process.env[name] = value;
  },
};

/** What Node and Bun say of a library that was found and is not an addon. */
function isNoAddon(error: unknown): boolean {
  return error instanceof Error && /did not self-register|napi_register_module_v1/.test(error.message);
}

/** `Deno.dlopen`, and `dlopen` of `bun:ffi`. */
type Dlopen = (
  file: string,
  symbols: Readonly<Record<string, { readonly args: readonly string[]; readonly returns: string }>>,
) => {
  readonly symbols: Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;
  close(): void;
};

interface BunForeignFunctions {
  readonly dlopen: Dlopen;
  readonly ptr: (bytes: Uint8Array) => number;
}

/** Deno's and Bun's `process.dlopen` close a library that is no addon; their foreign functions keep it. */
function denoHost(dlopen: Dlopen): Host {
  return {
    ...node,
    load: (file) => keep(dlopen(file, {})),
    finds(file) {
      try {
        dlopen(file, {}).close();
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Bun's `process.env` is its own: native libraries do not see what is set there. */
function bunHost({ dlopen, ptr }: BunForeignFunctions): Host {
  const text = (value: string) => ptr(new TextEncoder().encode(`${value}\0`));
  return {
    ...node,
    load: (file) => keep(dlopen(file, { vkEnumerateInstanceVersion: { args: ["ptr"], returns: "i32" } })),
    setVariable(name, value) {
      process.env[name] = value;
      const libc = dlopen("libc.so.6", { setenv: { args: ["ptr", "ptr", "i32"], returns: "i32" } });
      libc.symbols.setenv?.(text(name), text(value), 1);
    },
  };
}

/** What the garbage collector must not close. */
const kept: unknown[] = [];

function keep(library: unknown): void {
  kept.push(library);
}

interface OtherRuntimes {
  readonly Deno?: { readonly dlopen?: Dlopen };
  readonly Bun?: unknown;
}

/** The runtime that this is: Node, Deno or Bun. */
export function thisHost(
  globals: OtherRuntimes = globalThis as OtherRuntimes,
  bunFunctions = (): BunForeignFunctions => requireFrom(import.meta.url)("bun:ffi"),
): Host {
  const { Deno, Bun } = globals;
  if (Deno?.dlopen !== undefined) return denoHost(Deno.dlopen);
  return Bun === undefined ? node : bunHost(bunFunctions());
}

/** Whether the dynamic linker of this process finds a native library by its name or path. */
export function findsLibrary(file: string): boolean {
  return thisHost().finds(file);
}
